import type { Device } from "../device/device.ts";
import { Cancelled } from "../errors.ts";
import { centredRows } from "../kernels/centred_rows.ts";
import { dense, denseGradW } from "../kernels/dense.ts";
import { scale } from "../kernels/scale.ts";
import { sumColumns } from "../kernels/sum_columns.ts";
import { Graph } from "../plan/graph.ts";
import { compile, type Plan } from "../plan/plan.ts";
import { data, state, type Tensor } from "../plan/tensor.ts";

/** Rows of a tile at most: short sums in float32, the long ones are the host's. */
const ROWS = 1024;
/** Numbers of a tile at most. */
const NUMBERS = 1 << 22;

/** Rows of a tile of `n` rows of `dim` numbers. */
export const tileRows = (n: number, dim: number) =>
  Math.max(1, Math.min(n, ROWS, Math.floor(NUMBERS / dim)));

/** Records a plan. */
export function plan(name: string, record: (g: Graph) => void): Plan {
  const g = new Graph(name);
  record(g);
  return compile(g);
}

/**
 * Products of a tall matrix with itself, `(x - mean)^T (x - mean)` and `(x - mean)^T (x - mean) w`,
 * and with narrow ones: tile by tile by the product kernels, the tiles added up in float64. x is
 * [n, dim] on the device and stays there; nothing of its height is kept.
 */
export class Centred {
  readonly n: number;
  readonly dim: number;
  readonly #rows: number;
  readonly #t;
  readonly #mean: Plan;
  /** Column means in float64: those of float32 sums and what the sums of the rest show. */
  readonly mean: Float64Array;
  /** What rounding adds to the mean that a device subtracts. */
  #shift = new Float64Array();

  constructor(readonly device: Device, readonly x: Tensor, readonly signal?: AbortSignal) {
    [this.n, this.dim] = x.shape;
    const { n, dim } = this;
    this.#rows = tileRows(n, dim);
    this.mean = new Float64Array(dim);
    this.#t = {
      mean: state("mean", [dim]),
      tile: state("centred rows", [this.#rows, dim]),
      square: state("squares", [this.#rows]),
      sums: state("sums of centred rows", [dim]),
    };
    this.#mean = plan("mean", (g) => {
      const sum = g.temp([dim]);
      g.call(sumColumns, { x, y: sum }, { m: n, n: dim });
      g.call(scale, { x: sum, y: this.#t.mean }, { n: dim, factor: 1 / n });
    });
  }

  /** Computes the mean. To be called once, first. */
  async load(): Promise<void> {
    const { n, dim, device, mean } = this, { sums } = this.#t;
    await device.load(this.#mean);
    device.run(this.#mean);
    mean.set(await device.read(this.#t.mean));
    const rest = plan("sums about the mean", (g) => {
      const tile = this.#tile(g);
      g.call(sumColumns, { x: tile, y: sums }, { m: this.#rows, n: dim });
    });
    // Rows past the end count as the mean.
    const [left] = await this.#sum(rest, [sums]);
    for (let t = 0; t < dim; t++) mean[t] += left[t] / n;
    device.write(this.#t.mean, Float32Array.from(mean));
    this.#shift = mean.map((v) => Math.fround(v) - v);
  }

  #tile(g: Graph): Tensor {
    const { x, n, dim } = this;
    const { mean: centre, tile: y, square } = this.#t;
    const first = g.scalar("first", "u32");
    g.call(centredRows, { x, centre, y, square }, { rows: n, m: this.#rows, dim, first });
    return y;
  }

  /** Runs a plan for each tile and adds up what `results` hold after each. */
  async #sum(plan: Plan, results: readonly Tensor[]): Promise<Float64Array[]> {
    const sums = results.map((t) => new Float64Array(t.size));
    try {
      await this.device.load(plan);
      for (let first = 0; first < this.n; first += this.#rows) {
        if (this.signal?.aborted) throw new Cancelled("pca: stopped on request");
        this.device.run(plan, [{ first }]);
        for (const [i, t] of results.entries()) {
          const part = await this.device.read(t, plan), sum = sums[i];
          for (let j = 0; j < sum.length; j++) sum[j] += part[j];
        }
      }
    } finally {
      this.device.unload(plan);
    }
    return sums;
  }

  /** The sums of squares and products about the mean, [dim, dim]. */
  async scatter(): Promise<Float64Array> {
    const { n, dim } = this, shift = this.#shift;
    const products = state("products", [dim, dim]), { sums } = this.#t;
    const scatter = plan("scatter", (g) => {
      const tile = this.#tile(g);
      const sizes = { m: this.#rows, k: dim, n: dim, bias: 0 };
      g.call(denseGradW, { x: tile, dz: tile, dw: products, db: sums }, sizes);
    });
    try {
      const [s] = await this.#sum(scatter, [products]);
      for (let i = 0; i < dim; i++) {
        for (let j = 0; j < dim; j++) s[i * dim + j] -= n * shift[i] * shift[j];
      }
      return s;
    } finally {
      this.device.free(products);
    }
  }

  /** `||x_i - mean||^2`, summed over all rows. */
  async total(): Promise<number> {
    const squares = this.#t.square;
    const [sum] = await this.#sum(plan("squares", (g) => void this.#tile(g)), [squares]);
    const total = sum.reduce((total, value) => total + value, 0);
    return Math.max(0, total - this.n * this.#shift.reduce((sum, v) => sum + v * v, 0));
  }

  /**
   * `z = (x - mean)^T y` with `y = (x - mean) w`, or `z = y^T y`.
   * @param w [count, dim]: the columns of w as rows
   * @returns z^T, [count, dim] or [count, count]
   */
  async through(w: Float64Array, count: number, square: boolean): Promise<Float64Array> {
    const { dim, device } = this, m = this.#rows;
    const t = {
      w: data("directions", [dim, count]),
      y: state("scores", [m, count]),
      z: state("products", square ? [count, count] : [dim, count]),
      b: state("no bias", [count]),
    };
    const through = plan("products with directions", (g) => {
      const x = this.#tile(g);
      const sizes = { m, k: dim, n: count, bias: 0 };
      g.call(dense, { x, w: t.w, b: t.b, y: t.y }, { ...sizes, activation: 0 });
      const left = square ? t.y : x;
      const k = square ? count : dim;
      g.call(denseGradW, { x: left, dz: t.y, dw: t.z, db: t.b }, { m, k, n: count, bias: 0 });
    });
    try {
      device.write(t.w, Float32Array.from(transpose(w, count, dim)));
      const [z] = await this.#sum(through, [t.z]);
      return transpose(z, square ? count : dim, count);
    } finally {
      device.free(...Object.values(t));
    }
  }

  /** Gives the device's memory back, but for x. */
  free(): void {
    this.device.unload(this.#mean);
    this.device.free(...Object.values(this.#t));
  }
}

/** [rows, columns] to [columns, rows]. */
export function transpose(a: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(a.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[j * rows + i] = a[i * columns + j];
  }
  return out;
}
