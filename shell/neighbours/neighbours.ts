import type { Device } from "../device/device.ts";
import { requireFinite, requireSmall } from "../ops/finite.ts";
import type { Tensor } from "../plan/tensor.ts";
import { Ranking } from "./ranking.ts";
import { type Queries, Search } from "./search.ts";

/** Which neighbours to look for. */
export interface NeighbourOptions {
  /** Neighbours of each query, 1 to 1,024. */
  readonly k: number;
  /**
   * Whose neighbours: rows of the points, by default all, none of which is a neighbour of itself;
   * or other points, [m, dim] f32 on the device, whose neighbours are any of the points.
   */
  readonly queries?: Tensor | { readonly from: number; readonly to: number };
  readonly signal?: AbortSignal;
  /** Called now and then: how many pairs of tiles of how many are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Neighbours of each query, `k` for each, the nearest first; of equals the lower index. */
export interface Neighbours {
  /** Row numbers of points. */
  readonly indices: Uint32Array;
  /** Euclidean distances. */
  readonly distances: Float32Array;
}

/** Neighbours at most: lists are sorted by insertion, which grows with their length squared. */
export const MOST_NEIGHBOURS = 1024;

/**
 * The k nearest points of each query by Euclidean distance, exactly: of all pairs, tile by tile.
 * Working memory is a few tiles and lists a little longer than the results.
 *
 * Squared distances come from a matrix product, `||x||^2 + ||c||^2 - 2 x c` relative to the mean of
 * the points, which is fast but loses digits where points are close. So each list is some places
 * longer than asked for, and is put in order by distances from direct differences. If the rounding
 * of the product may have kept a point out of a list, that query is searched once more by direct
 * differences; many points at one place need that. The neighbours are those that float32 distances
 * from direct differences give, and the distances are accurate to about `dim / 2` units in the last
 * place at worst, few as a rule.
 *
 * @param points [n, dim] f32, on the device
 * @throws RangeError if k is not from 1 to 1,024, there are too few points, the queries are not rows
 * of the points, or a number is not finite
 * @throws TypeError if points or queries are of another shape or type
 * @throws Cancelled if the signal is aborted
 */
export async function nearestNeighbours(
  device: Device,
  points: Tensor,
  options: NeighbourOptions,
): Promise<Neighbours> {
  const queries = check(points, options);
  const { k, signal, onProgress } = options;
  await requireFinite(device, points, "neighbours");
  if (!queries.own) await requireFinite(device, queries.source, "neighbours: queries");
  const { from, to } = queries, count = to - from;
  const search = new Search(device, points, queries, k);
  const ranking = new Ranking(count, k, search.width, points.shape[1], search.whole);
  try {
    await search.load();
    await search.byProduct(signal, onProgress);
    for (let first = 0; first < count; first += search.m) {
      const { squares, ...lists } = await search.candidates(first);
      ranking.rank(range(first, Math.min(first + search.m, count)), lists, squares);
    }
    const again = Uint32Array.from(ranking.doubtful);
    for (let begin = 0; begin < again.length; begin += search.few) {
      const places = again.subarray(begin, begin + search.few);
      ranking.rank(places, await search.direct(places.map((place) => from + place), signal));
    }
    const { indices, distances } = ranking;
    requireSmall("neighbours", distances.find((distance) => !Number.isFinite(distance)) ?? 0);
    return { indices, distances };
  } finally {
    search.free();
  }
}

const range = (from: number, to: number) =>
  Uint32Array.from({ length: to - from }, (_, i) => from + i);

/** Whose neighbours, and whether they are points themselves. */
function check(points: Tensor, { k, queries }: NeighbourOptions): Queries {
  if (points.shape.length !== 2 || points.dtype !== "f32") {
    throw new TypeError(`neighbours: points must be an f32 tensor [n, dim], got ${points}`);
  }
  const [n, dim] = points.shape;
  const own = !queries || "from" in queries;
  if (!(Number.isInteger(k) && k >= 1 && k <= MOST_NEIGHBOURS)) {
    throw new RangeError(`neighbours: k must be an integer from 1 to ${MOST_NEIGHBOURS}, got ${k}`);
  }
  if (k > (own ? n - 1 : n)) {
    throw new RangeError(
      `neighbours: ${k} neighbours need at least ${
        own ? k + 1 : k
      } points, got ${n}: ask for fewer`,
    );
  }
  if (!own) {
    if (queries.shape.length !== 2 || queries.dtype !== "f32" || queries.shape[1] !== dim) {
      throw new TypeError(`neighbours: queries must be an f32 tensor [m, ${dim}], got ${queries}`);
    }
    return { source: queries, own, from: 0, to: queries.shape[0] };
  }
  const { from, to } = queries ?? { from: 0, to: n };
  if (!(Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from < to && to <= n)) {
    throw new RangeError(
      `neighbours: queries must be rows from 0 to ${n} of the points, got ${from} to ${to}`,
    );
  }
  return { source: points, own, from, to };
}
