import type { Device, Scalars } from "../device/device.ts";
import { Cancelled, TrainingError } from "../errors.ts";
import { sum, sumBlocks } from "../kernels/sum.ts";
import { tsneAttraction } from "../kernels/tsne_attraction.ts";
import { tsneRepulsion } from "../kernels/tsne_repulsion.ts";
import { tsneUpdate } from "../kernels/tsne_update.ts";
import type { Graph } from "../plan/graph.ts";
import { data, state, Tensor } from "../plan/tensor.ts";
import type { Affinities } from "./affinities.ts";
import { plan } from "./centred.ts";
import { Tree } from "./tree.ts";

/** What moves, and against what. */
export interface DescentOptions {
  readonly affinities: Affinities;
  /** Points of a fixed map, [n, dims]; by default the points repel each other. */
  readonly fixed?: Float32Array;
  readonly dims: number;
  /** Repulsion through a tree with this opening angle; exact if undefined. */
  readonly theta?: number;
  readonly signal?: AbortSignal;
  /** Names the caller in messages. */
  readonly what: string;
}

/** What holds for some iterations. */
export interface Phase extends Scalars {
  readonly exaggeration: number;
  readonly rate: number;
  readonly momentum: number;
}

/** Iterations between two sorts of the points, at most. */
const SORT = 10;
/** Iterations between two looks at the signal, at most; and pairs or so between them. */
const MOST = 64;
const LOOK = 3e8;

/** [n, dims] to [n, 4]. */
function padded(y: Float32Array, dims: number): Float32Array {
  const n = y.length / dims, out = new Float32Array(4 * n);
  for (let i = 0; i < n; i++) {
    for (let t = 0; t < dims; t++) out[4 * i + t] = y[dims * i + t];
  }
  return out;
}

function allocate(n: number, { affinities, fixed, dims }: DescentOptions) {
  const y = state("positions", [n, 4]);
  return {
    y,
    map: fixed ? data("map", [fixed.length / dims, 4]) : y,
    start: data("rows", [n + 1], "u32"),
    column: data("neighbours", [affinities.column.length], "u32"),
    weight: data("affinities", [affinities.weight.length]),
    attraction: state("attraction", [n, 4]),
    repulsion: state("repulsion", [n, 4]),
    cost: state("costs", [n]),
    mass: state("masses", [n]),
    total: state("total mass", [1]),
    velocity: state("velocities", [n, 4]),
    gain: state("gains", [n, 4]),
  };
}

/** Gradient descent of the points of a map on a device, many iterations per message. */
export class Descent {
  readonly n: number;
  readonly #t: ReturnType<typeof allocate>;
  readonly #tree?: Tree;
  readonly #step;
  readonly #measure;
  readonly #batch: number;
  #sorted = false;

  constructor(readonly device: Device, readonly options: DescentOptions) {
    const n = this.n = options.affinities.start.length - 1;
    const t = this.#t = allocate(n, options);
    const { theta, fixed, dims } = options;
    if (theta !== undefined) this.#tree = new Tree(t.y, n, dims);
    const others = fixed ? fixed.length / dims : n;
    const pairs = theta === undefined ? n * others : 1000 * n;
    this.#batch = Math.max(1, Math.min(MOST, Math.floor(LOOK / pairs)));
    this.#step = plan("t-SNE iteration", (g) => {
      this.#forces(g, 0);
      g.call(tsneUpdate, { ...t, total: fixed ? t.mass : t.total }, {
        n,
        each: fixed ? 1 : 0,
        exaggeration: g.scalar("exaggeration"),
        rate: g.scalar("rate"),
        momentum: g.scalar("momentum"),
      });
    });
    this.#measure = plan("t-SNE divergence", (g) => this.#forces(g, 1));
  }

  #forces(g: Graph, measure: number): void {
    const t = this.#t, m = this.n;
    const own = t.map === t.y ? 1 : 0;
    if (this.#tree) this.#tree.record(g, t.repulsion, t.mass, this.options.theta!);
    else {
      const n = t.map.shape[0];
      g.call(tsneRepulsion, { ...t, force: t.repulsion }, { m, n, own });
    }
    g.call(tsneAttraction, { ...t, force: t.attraction }, { m, measure });
    let x: Tensor = t.mass, n = m;
    while (own) {
      const blocks = sumBlocks(n);
      const y = blocks === 1 ? t.total : g.temp([blocks]);
      g.call(sum, { x, y }, { n });
      if (blocks === 1) break;
      [x, n] = [y, blocks];
    }
  }

  /** Puts the points where `y`, [n, dims], says. */
  async load(y: Float32Array): Promise<void> {
    const { device, options: { affinities, fixed, dims } } = this, t = this.#t;
    await device.load(this.#step);
    await device.load(this.#measure);
    device.write(t.y, padded(y, dims));
    if (fixed) device.write(t.map, padded(fixed, dims));
    device.write(t.start, affinities.start);
    device.write(t.column, affinities.column);
    device.write(t.weight, affinities.weight);
    this.#tree?.start(device);
    this.rest();
  }

  /** Takes the points' velocities and gains away. */
  rest(): void {
    this.device.write(this.#t.velocity, new Float32Array(4 * this.n));
    this.device.write(this.#t.gain, new Float32Array(4 * this.n).fill(1));
  }

  /**
   * Iterations number `from` to `to - 1`. How they are divided into calls does not matter: the
   * points are sorted at fixed numbers.
   * @throws Cancelled if the signal is aborted
   * @throws TrainingError if a position is no longer finite
   */
  async run(from: number, to: number, phase: Phase): Promise<void> {
    while (from < to) {
      const { signal, what } = this.options;
      if (signal?.aborted) throw new Cancelled(`${what}: stopped on request`);
      let end = Math.min(to, from + this.#batch);
      if (this.#tree) {
        if (from % SORT === 0) await this.#sort();
        end = Math.min(end, (Math.floor(from / SORT) + 1) * SORT);
      }
      this.device.run(this.#step, new Array(end - from).fill(phase));
      await this.device.sync();
      from = end;
    }
  }

  async #sort(): Promise<void> {
    const positions = await this.#padded();
    this.#tree?.sort(this.device, positions);
    this.#sorted = true;
  }

  async #padded(): Promise<Float32Array> {
    const y = await this.device.read(this.#t.y) as Float32Array;
    if (!y.every(Number.isFinite)) {
      throw new TrainingError(
        `${this.options.what}: a position is no longer finite: take a lower learning rate`,
      );
    }
    return y;
  }

  /**
   * `KL(P || Q) = sum_ij p_ij ln (p_ij / q_ij)` of the map as it is, `q_ij = w_ij / sum w`: exact
   * but for the sum of w, which is that of the repulsion in use.
   */
  async divergence(): Promise<number> {
    if (!this.#sorted) await this.#sort();
    this.device.run(this.#measure);
    const costs = await this.device.read(this.#t.cost) as Float32Array;
    const [total] = await this.device.read(this.#t.total);
    const cost = costs.reduce((sum, value) => sum + value, 0);
    return this.options.affinities.constant + cost + Math.log(total);
  }

  /** Positions, [n, dims]. */
  async positions(): Promise<Float32Array> {
    const { dims } = this.options;
    const y = await this.#padded(), out = new Float32Array(this.n * dims);
    for (let i = 0; i < this.n; i++) {
      for (let t = 0; t < dims; t++) out[dims * i + t] = y[4 * i + t];
    }
    return out;
  }

  /** Gives the device's memory back. */
  free(): void {
    this.device.unload(this.#step);
    this.device.unload(this.#measure);
    this.#tree?.free(this.device);
    this.device.free(...new Set(Object.values(this.#t)));
  }
}
