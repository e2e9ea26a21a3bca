import type { Device } from "../device/device.ts";
import { Cancelled } from "../errors.ts";
import { sparseDense } from "../kernels/sparse_dense.ts";
import { Graph } from "../plan/graph.ts";
import { compile } from "../plan/plan.ts";
import { data, state, type Tensor } from "../plan/tensor.ts";
import { rowsOf, type Sparse, transposed } from "./sparse.ts";

/** Rows of a tile at most: sums over them are in float32, the long ones are the host's. */
const ROWS = 8192;
/** Dense columns come in such groups: lanes of `sparse_dense`. */
const LANES = 4;

interface Tile {
  readonly begin: number;
  readonly part: Sparse;
  /** Made when it is first needed. */
  turned?: Sparse;
}

/** A sparse matrix s on a device, tile by tile, so that the device's memory has a bound. */
export class SparseProducts {
  readonly #tiles: Tile[];
  readonly #rows: number;
  readonly #entries: number;

  constructor(readonly device: Device, readonly s: Sparse, readonly signal?: AbortSignal) {
    this.#rows = Math.max(1, Math.min(ROWS, s.rows));
    this.#tiles = Array.from({ length: Math.ceil(s.rows / this.#rows) }, (_, i) => {
      const begin = i * this.#rows;
      return { begin, part: rowsOf(s, begin, Math.min(begin + this.#rows, s.rows)) };
    });
    this.#entries = Math.max(1, ...this.#tiles.map(({ part }) => part.value.length));
  }

  /**
   * `(s w)` for directions w.
   * @param w [count, columns]: the columns of w as rows
   * @returns [rows, count]
   */
  async scores(w: ArrayLike<number>, count: number): Promise<Float32Array> {
    const dim = padded(count);
    const t = { ...this.#operand("rows", this.#rows), ...this.#dense(dim) };
    const out = new Float32Array(this.s.rows * count);
    const plan = this.#plan("sparse scores", (g) => product(g, t, t.w, t.y, this.#rows, dim));
    await this.#each(
      plan,
      [...Object.values(t)],
      t.w,
      this.#interleaved(w, count),
      async (tile) => {
        this.#put(t, tile.part, this.#rows);
        this.device.run(plan);
        const y = await this.device.read(t.y);
        for (let i = 0; i < tile.part.rows; i++) {
          for (let c = 0; c < count; c++) out[(tile.begin + i) * count + c] = y[i * dim + c];
        }
      },
    );
    return out;
  }

  /**
   * `s^T (s w)`, tiles added up in float64.
   * @param w [count, columns]: the columns of w as rows
   * @returns [count, columns], the same way
   */
  async through(w: ArrayLike<number>, count: number): Promise<Float64Array> {
    const dim = padded(count), { columns } = this.s;
    const t = { ...this.#operand("rows", this.#rows), ...this.#dense(dim) };
    const turned = this.#operand("columns", columns);
    const z = state("products", [columns, dim]);
    const out = new Float64Array(count * columns);
    const plan = this.#plan("sparse products", (g) => {
      product(g, t, t.w, t.y, this.#rows, dim);
      product(g, turned, t.y, z, columns, dim);
    });
    const all = [...Object.values(t), ...Object.values(turned), z];
    await this.#each(plan, all, t.w, this.#interleaved(w, count), async (tile) => {
      this.#put(t, tile.part, this.#rows);
      this.#put(turned, tile.turned ??= transposed(tile.part), columns);
      this.device.run(plan);
      const part = await this.device.read(z);
      for (let j = 0; j < columns; j++) {
        for (let c = 0; c < count; c++) out[c * columns + j] += part[j * dim + c];
      }
    });
    return out;
  }

  #operand(name: string, rows: number) {
    return {
      start: data(`${name} start`, [rows + 1], "u32"),
      column: data(`${name} column`, [this.#entries], "u32"),
      value: data(`${name} value`, [this.#entries]),
    };
  }

  #dense(dim: number) {
    return {
      w: data("directions", [this.s.columns, dim]),
      y: state("scores", [this.#rows, dim]),
    };
  }

  /** Rows past the end of a tile are empty. */
  #put(t: Operand, part: Sparse, rows: number): void {
    const start = new Uint32Array(rows + 1).fill(part.value.length);
    start.set(part.start);
    this.device.write(t.start, start);
    if (part.value.length === 0) return;
    this.device.write(t.column, part.column);
    this.device.write(t.value, part.value);
  }

  /** [count, columns] to [columns, count], padded. */
  #interleaved(w: ArrayLike<number>, count: number): Float32Array {
    const { columns } = this.s, dim = padded(count);
    const out = new Float32Array(columns * dim);
    for (let c = 0; c < count; c++) {
      for (let j = 0; j < columns; j++) out[j * dim + c] = w[c * columns + j];
    }
    return out;
  }

  #plan(name: string, record: (g: Graph) => void) {
    const g = new Graph(name);
    record(g);
    return compile(g);
  }

  async #each(
    plan: ReturnType<typeof compile>,
    tensors: readonly Tensor[],
    operand: Tensor,
    w: Float32Array,
    act: (tile: Tile) => Promise<void>,
  ): Promise<void> {
    const { device, signal } = this;
    try {
      await device.load(plan);
      device.write(operand, w);
      for (const tile of this.#tiles) {
        if (signal?.aborted) throw new Cancelled("svd: stopped on request");
        await act(tile);
      }
    } finally {
      device.unload(plan);
      device.free(...tensors);
    }
  }
}

interface Operand {
  readonly start: Tensor;
  readonly column: Tensor;
  readonly value: Tensor;
}

const padded = (count: number) => Math.ceil(count / LANES) * LANES;

function product(g: Graph, s: Operand, x: Tensor, y: Tensor, m: number, dim: number): void {
  const { start, column, value } = s;
  g.call(sparseDense, { start, column, value, x, y }, { m, dim });
}
