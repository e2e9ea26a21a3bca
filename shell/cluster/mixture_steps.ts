import type { Device } from "../device/device.ts";
import { centredRows } from "../kernels/centred_rows.ts";
import { dense, denseGradW } from "../kernels/dense.ts";
import { mixtureDifferences } from "../kernels/mixture_differences.ts";
import { mixtureResponsibilities } from "../kernels/mixture_responsibilities.ts";
import { mixtureWeigh } from "../kernels/mixture_weigh.ts";
import { put } from "../kernels/put.ts";
import { sumColumns } from "../kernels/sum_columns.ts";
import { Graph } from "../plan/graph.ts";
import { compile, type Plan } from "../plan/plan.ts";
import { data, Slab, state, Tensor } from "../plan/tensor.ts";
import { type Component, type Covariance, logConstant, type Moments } from "./gaussian.ts";

/** Numbers of a tile of differences: they stay in the caches. Its rows come in multiples of 64. */
const NUMBERS = 1 << 18;
const UNIT = 64;

/** Sizes: n points of `dim` numbers, k components, m points of a tile. */
interface Sizes {
  readonly n: number;
  readonly dim: number;
  readonly k: number;
  readonly m: number;
}

/** The moments of all components, one after the other. */
function moments({ k, dim }: Sizes, kind: Covariance) {
  const slab = new Slab("moments");
  const second = kind === "full" ? [dim, dim] : [dim];
  const each = Array.from({ length: k }, (_, c) => ({
    first: slab.add(`first ${c}`, [dim]),
    second: slab.add(`second ${c}`, second),
  }));
  return { each, mass: slab.add("mass", [k]), score: slab.add("score", [1]), whole: slab.whole() };
}

/** Everything that the kernels share. */
function allocate(sizes: Sizes, kind: Covariance) {
  const { n, dim, k, m } = sizes;
  const whiten = new Slab("whiten");
  const matrices = kind === "full"
    ? Array.from({ length: k }, (_, c) => whiten.add(`whiten ${c}`, [dim, dim]))
    : [];
  const tiles = Math.ceil(n / m), sums = moments(sizes, kind);
  return {
    sums,
    matrices,
    tensors: {
      centre: data("centre", [dim]),
      zeros: state("zeros", [Math.max(k, dim)]),
      mean: data("means", [k, dim]),
      factor: data("factors", [k, dim]),
      constant: data("constants", [k]),
      x: state("tile", [m, dim]),
      square: state("squares", [m]),
      y: state("differences", [k, m, dim]),
      w: state("weighted", [k, m, dim]),
      responsibility: state("responsibilities", [m, k]),
      score: state("scores", [m]),
      log: state("sums of tiles", [tiles, sums.whole.size]),
      all: state("all responsibilities", [n, k]),
      scores: state("all scores", [n]),
    },
  };
}

/** Part c of a tensor [k, m, dim]. m is a multiple of 64, so it begins where views may. */
function part(of: Tensor, c: number): Tensor {
  const [, m, dim] = of.shape;
  return new Tensor(`${of.name} ${c}`, [m, dim], "f32", of.storage, 4 * c * m * dim);
}

/**
 * The two steps of EM on a device, tile by tile of points. What the host gets of an iteration is the
 * moments of each tile, which it adds up in float64.
 */
export class MixtureSteps {
  readonly #sizes: Sizes;
  readonly #t: ReturnType<typeof allocate>;
  readonly #plans: Readonly<Record<"start" | "iterate" | "score", Plan>>;

  /** @param centre near all points: differences from it are what is rounded */
  constructor(
    readonly device: Device,
    readonly points: Tensor,
    k: number,
    readonly kind: Covariance,
    readonly centre: Float64Array,
  ) {
    const [n, dim] = points.shape;
    const most = UNIT * Math.max(1, Math.floor(NUMBERS / (UNIT * k * dim)));
    const sizes = this.#sizes = { n, dim, k, m: Math.min(most, UNIT * Math.ceil(n / UNIT)) };
    this.#t = allocate(sizes, kind);
    this.#plans = {
      start: this.#plan("start", (g) => {
        const { all, zeros: centre, responsibility: y, score: square } = this.#t.tensors;
        const first = g.scalar("first", "u32");
        g.call(centredRows, { x: all, centre, y, square }, { rows: n, m: sizes.m, dim: k, first });
        this.#differences(g);
        this.#moments(g);
      }),
      iterate: this.#plan("iteration", (g) => {
        this.#expect(g);
        this.#moments(g);
      }),
      score: this.#plan("responsibilities", (g) => {
        this.#expect(g);
        const { all, scores, responsibility, score } = this.#t.tensors;
        const at = { rows: n, m: sizes.m, at: g.scalar("first", "u32") };
        g.call(put, { x: responsibility, y: all }, { ...at, width: k });
        g.call(put, { x: score, y: scores }, { ...at, width: 1 });
      }),
    };
  }

  #plan(name: string, record: (g: Graph) => void): Plan {
    const g = new Graph(`mixture, ${name}`);
    const { x, centre, square } = this.#t.tensors, { n, m, dim } = this.#sizes;
    const first = g.scalar("first", "u32");
    const tile = { x: this.points, centre, y: x, square };
    g.call(centredRows, tile, { rows: n, m, dim, first });
    record(g);
    return compile(g);
  }

  /** Whitened differences of a tile. */
  #differences(g: Graph): void {
    const { m, k, dim } = this.#sizes, { x, mean, factor, y, w, zeros } = this.#t.tensors;
    const full = this.kind === "full";
    g.call(mixtureDifferences, { x, mean, factor, y: full ? w : y }, { m, k, dim });
    this.#t.matrices.forEach((matrix, c) => {
      const product = { x: part(w, c), w: matrix, b: zeros, y: part(y, c) };
      g.call(dense, product, { m, k: dim, n: dim, bias: 0, activation: 0 });
    });
  }

  #expect(g: Graph): void {
    this.#differences(g);
    const { n, m, k, dim } = this.#sizes;
    const { y, constant, responsibility, score } = this.#t.tensors;
    const sizes = { m, k, dim, rows: n, first: g.scalar("first", "u32") };
    g.call(mixtureResponsibilities, { y, constant, responsibility, score }, sizes);
  }

  /** Moments of a tile, into its row of the log. */
  #moments(g: Graph): void {
    const { m, k, dim } = this.#sizes, { sums } = this.#t;
    const { y, w, responsibility, score, log } = this.#t.tensors;
    g.call(mixtureWeigh, { responsibility, y, w }, { m, k, dim, square: 0 });
    sums.each.forEach(({ first, second }, c) => {
      if (this.kind === "full") {
        const product = { x: part(y, c), dz: part(w, c), dw: second, db: first };
        g.call(denseGradW, product, { m, k: dim, n: dim, bias: 1 });
      } else g.call(sumColumns, { x: part(w, c), y: first }, { m, n: dim });
    });
    if (this.kind === "diagonal") {
      g.call(mixtureWeigh, { responsibility, y, w }, { m, k, dim, square: 1 });
      sums.each.forEach(({ second }, c) => {
        g.call(sumColumns, { x: part(w, c), y: second }, { m, n: dim });
      });
    }
    g.call(sumColumns, { x: responsibility, y: sums.mass }, { m, n: k });
    g.call(sumColumns, { x: score, y: sums.score }, { m, n: 1 });
    const width = sums.whole.size;
    const row = { rows: log.shape[0], m: 1, width, at: g.scalar("tile", "u32") };
    g.call(put, { x: sums.whole, y: log }, row);
  }

  async load(): Promise<void> {
    await this.device.load(this.#plans.score);
    this.device.write(this.#t.tensors.centre, Float32Array.from(this.centre));
  }

  /** Moments if point i belonged to component labels[i], relative to these components. */
  async start(labels: Uint32Array, components: readonly Component[]): Promise<Moments[]> {
    const { k, n } = this.#sizes;
    const all = new Float32Array(n * k);
    labels.forEach((label, i) => all[i * k + label] = 1);
    this.device.write(this.#t.tensors.all, all);
    this.#write(components);
    await this.#run(this.#plans.start);
    return (await this.#sums()).moments;
  }

  /** Expectation, and the moments by which to maximise; the mean log-likelihood of a point. */
  async iterate(components: readonly Component[]) {
    const offset = this.#write(components);
    await this.#run(this.#plans.iterate);
    const { moments, score } = await this.#sums();
    return { moments, score: score / this.#sizes.n + offset };
  }

  /** Responsibilities [n, k] and log-likelihoods [n] of all points. */
  async score(components: readonly Component[]) {
    const offset = this.#write(components);
    await this.#run(this.#plans.score);
    const { all, scores } = this.#t.tensors;
    return {
      probabilities: await this.device.read(all) as Float32Array,
      scores: Float64Array.from(await this.device.read(scores), (v) => v + offset),
    };
  }

  /** Hands components over; returns what is to be added to logarithms, which are small without. */
  #write(components: readonly Component[]): number {
    const { device } = this, { dim, k } = this.#sizes, { tensors: t, matrices } = this.#t;
    const rows = (of: (one: Component) => Float64Array) => {
      const out = new Float32Array(k * dim);
      components.forEach((one, c) => out.set(of(one), c * dim));
      return out;
    };
    const full = this.kind === "full";
    device.write(t.mean, rows(({ mean }) => mean));
    device.write(t.factor, full ? new Float32Array(k * dim).fill(1) : rows((one) => one.whiten));
    matrices.forEach((matrix, c) => device.write(matrix, Float32Array.from(components[c].whiten)));
    const constants = components.map(logConstant), offset = Math.max(...constants);
    device.write(t.constant, Float32Array.from(constants, (v) => v - offset));
    return offset;
  }

  /** Loads a plan when it is first needed: a prediction needs one of them. */
  async #run(plan: Plan): Promise<void> {
    await this.device.load(plan);
    const { n, m } = this.#sizes;
    const tiles = Array.from(
      { length: Math.ceil(n / m) },
      (_, tile) => ({ tile, first: tile * m }),
    );
    this.device.run(plan, tiles);
  }

  async #sums() {
    const { sums, tensors: { log } } = this.#t;
    const rows = await this.device.read(log) as Float32Array, width = sums.whole.size;
    const total = new Float64Array(width);
    rows.forEach((v, at) => total[at % width] += v);
    const of = ({ offset, size }: Tensor) => total.slice(offset / 4, offset / 4 + size);
    const mass = of(sums.mass);
    const moments = sums.each.map(({ first, second }, c): Moments => ({
      mass: mass[c],
      first: of(first),
      second: of(second),
    }));
    return { moments, score: of(sums.score)[0] };
  }

  /** Gives the memory back, but for the points. */
  free(): void {
    for (const plan of Object.values(this.#plans)) this.device.unload(plan);
    const { tensors, matrices, sums } = this.#t;
    this.device.free(...Object.values(tensors), ...matrices.slice(0, 1), sums.whole);
  }
}
