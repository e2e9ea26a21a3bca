import type { Device } from "../device/device.ts";
import { Cancelled } from "../errors.ts";
import { NO_POINT } from "../kernels/k_nearest.ts";
import type { Tensor } from "../plan/tensor.ts";
import type { Lists } from "./ranking.ts";
import { allocate, type Plans, plansOf, type Tensors, type Tiles } from "./tiles.ts";

/** Queries and points of a tile, at most: few copies and passes for each product. */
const QUERIES = 1984;
const POINTS = 992;

/** Numbers of a tile's rows, at most. */
const NUMBERS = 1 << 22;

/** Queries of a tile by direct differences: rarely are there more. */
const FEW = 64;

/** Multiply-adds between two looks at the signal: about a fifth of a second. */
const LOOK = 1e10;
/** Multiply-adds that take as long as the merge of one distance. */
const PASS = 20;

/** Whose neighbours are looked for. */
export interface Queries {
  /** [m, dim] f32. */
  readonly source: Tensor;
  /** They are points, and none is a neighbour of itself. */
  readonly own: boolean;
  /** Rows of the source. */
  readonly from: number;
  readonly to: number;
}

/** Rows of a tile so that tiles of about one size, at most `most`, make up `n` rows. */
function tileOf(n: number, dim: number, most: number): number {
  const limit = Math.max(1, Math.min(most, Math.floor(NUMBERS / dim)));
  return Math.ceil(n / Math.ceil(n / limit));
}

/** Places of a list: some more than k, because order by products is not quite that of distances. */
const placesOf = (k: number, others: number) => Math.min(others, k + 6 + Math.ceil(k / 8));

/**
 * Brute-force search on a device: each tile of queries meets each tile of points. If every point is
 * a query, a tile serves both ways, and half of them are needed.
 */
export class Search {
  /** Places of a list. */
  readonly width: number;
  /** A list holds all points that there are. */
  readonly whole: boolean;
  /** Queries of a tile by products, and by direct differences. */
  readonly m: number;
  readonly few: number;
  readonly #both: boolean;
  readonly #tiles: Tiles;
  readonly #t: Tensors;
  readonly #plans: Plans;

  constructor(
    readonly device: Device,
    readonly points: Tensor,
    readonly queries: Queries,
    k: number,
  ) {
    const [n, dim] = points.shape;
    const { own, from, to } = queries;
    const count = to - from, others = own ? n - 1 : n;
    this.width = placesOf(k, others);
    this.whole = this.width === others;
    this.#both = own && count === n;
    const w = tileOf(n, dim, POINTS);
    // If tiles serve both ways those of queries begin where those of points do.
    this.m = this.#both ? Math.min(2, Math.ceil(n / w)) * w : tileOf(count, dim, QUERIES);
    this.few = Math.min(FEW, this.m);
    this.#tiles = { m: this.m, w, few: this.few, k: this.width };
    this.#t = allocate(this.#tiles, count, dim);
    this.#plans = plansOf(points, queries, this.#t, this.#tiles);
  }

  async load(): Promise<void> {
    for (const plan of Object.values(this.#plans)) await this.device.load(plan);
    const { device } = this, t = this.#t;
    const { own, from } = this.queries;
    device.write(t.own, new Uint32Array(t.own.size).map((_, i) => own ? from + i : NO_POINT));
    empty(device, t.lists);
    device.run(this.#plans.mean);
  }

  /**
   * Finds candidates for all queries, chosen by products.
   * @param report told how many pairs of tiles of how many are done
   * @throws Cancelled if the signal is aborted
   */
  async byProduct(signal?: AbortSignal, report?: (done: number, total: number) => void) {
    const { m, queries: { from, to } } = this, { w } = this.#tiles;
    const [n] = this.points.shape;
    const starts = Array.from({ length: Math.ceil((to - from) / m) }, (_, i) => i * m);
    const basesOf = (first: number) => basesFrom(this.#both ? first : 0, n, w);
    const total = starts.reduce((sum, first) => sum + basesOf(first).length, 0);
    let done = 0;
    for (const first of starts) {
      this.device.run(this.#plans.begin, [{ row: from + first }]);
      const bases = basesOf(first);
      const alone = this.#both ? Math.min(m / w, bases.length) : bases.length;
      const parts = [
        { plan: this.#plans.product, bases: bases.slice(0, alone) },
        { plan: this.#plans.both, bases: bases.slice(alone) },
      ];
      for (const { plan, bases } of parts) {
        const steps = bases.map((base) => ({ base, first }));
        await this.#run(plan, steps, m, signal, (count) => report?.(done += count, total));
      }
    }
  }

  /** The candidates of the `m` queries from `first` on, fewer at the end, and their squares. */
  async candidates(first: number) {
    const { device, width, queries: { from, to } } = this, t = this.#t;
    device.run(this.#plans.begin, [{ row: from + first }]);
    device.run(this.#plans.exact, [{ row: from + first, first }]);
    const count = Math.min(this.m, to - from - first);
    const squares = await this.#floats(t.row, 0, count);
    const exact = await this.#floats(t.exact, 0, count * width);
    return { squares, exact, ...await this.#lists(t.lists, first, count) };
  }

  /**
   * Neighbours of at most `few` rows of the queries, by direct differences.
   * @throws Cancelled if the signal is aborted
   */
  async direct(rows: Uint32Array, signal?: AbortSignal): Promise<Lists> {
    const { device, few } = this, t = this.#t;
    const index = new Uint32Array(few).fill(NO_POINT);
    index.set(rows);
    device.write(t.index, index);
    device.write(t.fewOwn, this.queries.own ? index : index.fill(NO_POINT));
    empty(device, t.fewLists);
    device.run(this.#plans.few);
    const bases = basesFrom(0, this.points.shape[0], this.#tiles.w);
    await this.#run(this.#plans.direct, bases.map((base) => ({ base })), few, signal);
    const lists = await this.#lists(t.fewLists, 0, rows.length);
    return { ...lists, exact: lists.chosen.slice() };
  }

  /** Runs steps, a few at a time. */
  async #run(
    plan: Plans[keyof Plans],
    steps: readonly Record<string, number>[],
    m: number,
    signal?: AbortSignal,
    report?: (count: number) => void,
  ): Promise<void> {
    const dim = this.points.shape[1], { w } = this.#tiles;
    const most = Math.max(1, Math.floor(LOOK / (m * w * (dim + PASS))));
    for (let begin = 0; begin < steps.length; begin += most) {
      if (signal?.aborted) throw new Cancelled("neighbours: stopped on request");
      const some = steps.slice(begin, begin + most);
      this.device.run(plan, some);
      await this.device.sync();
      report?.(some.length);
    }
  }

  async #lists(lists: Tensors["lists"], first: number, count: number) {
    const range = [first * this.width, count * this.width] as const;
    const indices = await this.device.read(lists.best_index, undefined, {
      at: range[0],
      length: range[1],
    });
    const chosen = await this.#floats(lists.best_distance, ...range);
    return { indices: indices as Uint32Array, chosen };
  }

  async #floats(tensor: Tensor, at: number, length: number): Promise<Float32Array> {
    return await this.device.read(tensor, undefined, { at, length }) as Float32Array;
  }

  /** Gives the device's memory back. */
  free(): void {
    for (const plan of Object.values(this.#plans)) this.device.unload(plan);
    const { lists, fewLists, ...others } = this.#t;
    for (const group of [lists, fewLists, others]) this.device.free(...Object.values(group));
  }
}

/** First points of tiles. */
function basesFrom(first: number, n: number, w: number): number[] {
  return Array.from({ length: Math.ceil((n - first) / w) }, (_, i) => first + i * w);
}

/** Empties lists. */
function empty(device: Device, { best_distance, best_index }: Tensors["lists"]): void {
  device.write(best_distance, new Float32Array(best_distance.size).fill(Infinity));
  device.write(best_index, new Uint32Array(best_index.size).fill(NO_POINT));
}
