import type { Device } from "../device/device.ts";
import { nearestNeighbours } from "../neighbours/neighbours.ts";
import type { Tensor } from "../plan/tensor.ts";
import { conditional, directed } from "./affinities.ts";
import { Descent } from "./descent.ts";
import { checkNumbers, checkPerplexity } from "./tsne.ts";

/** New points on a map. */
export interface PlaceOptions {
  /** The points that the map is of, [n, dim] f32 on the device. */
  readonly points: Tensor;
  /** Their map, [n, dims]. */
  readonly map: Float32Array;
  /** Effective number of neighbours, from 1 to 341 and at most n / 3; by default 5. */
  readonly perplexity?: number;
  /** Iterations (default 250, a quarter of them at momentum .5, then .8). */
  readonly iterations?: number;
  /** Factor of the attraction (default 1.5). */
  readonly exaggeration?: number;
  /** Learning rate (default .1). */
  readonly learningRate?: number;
  /** Stops the work: `Cancelled` is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * Places new points on a map of others, which stay where they are: each starts at the mean of its
 * nearest neighbours' positions, weighted by their probabilities, and is then moved by gradient
 * descent on its own `KL(p_i || q_i)` over the old points. New points do not see each other, so
 * where one comes to lie does not depend on the others.
 *
 * Each iteration looks at all m n pairs of a new point and an old one; there is no tree here. That
 * is sensible up to some 1e8 pairs, such as 10,000 new points on a map of 10,000, which take about
 * half a minute on 2 cores. Where there are more, place the points in parts: they end where they
 * would together.
 *
 * @param queries [m, dim] f32, on the device
 * @returns positions of the new points, [m, dims]
 * @throws TypeError if points or queries are of another shape or type
 * @throws RangeError if the map has another length than points, an option is out of range, or a
 * number is not finite
 * @throws Cancelled if the signal is aborted
 * @see Poličar, Stražar, Zupan (2019), Embedding to reference t-SNE space addresses batch effects
 */
export async function placeOnMap(
  device: Device,
  queries: Tensor,
  options: PlaceOptions,
): Promise<Float32Array> {
  const { points, map, signal, iterations = 250, exaggeration = 1.5 } = options;
  const [n] = points.shape;
  const dims = map.length / n;
  if (dims !== 2 && dims !== 3) {
    throw new RangeError(
      `t-SNE: a map of ${n} points must have 2 or 3 numbers for each, got ${dims}`,
    );
  }
  if (!map.every(Number.isFinite)) {
    throw new RangeError("t-SNE: every number of a map must be finite");
  }
  const rate = options.learningRate ?? 0.1;
  const early = Math.floor(iterations / 4);
  checkNumbers({ iterations, exaggeration, rate, early, theta: 0, klEvery: 1, progressEvery: 1 });
  const perplexity = checkPerplexity(options.perplexity ?? 5, n);
  const k = Math.min(n, Math.floor(3 * perplexity + 1));
  const { indices, distances } = await nearestNeighbours(device, points, { k, queries, signal });
  const p = conditional(distances, k, perplexity);
  const affinities = directed(indices, p, k);
  const descent = new Descent(device, { affinities, fixed: map, dims, signal, what: "t-SNE" });
  try {
    await descent.load(means(indices, p, k, map, dims));
    await descent.run(0, early, { exaggeration, rate, momentum: 0.5 });
    await descent.run(early, iterations, { exaggeration, rate, momentum: 0.8 });
    return await descent.positions();
  } finally {
    descent.free();
  }
}

/** Means of the neighbours' positions, weighted. */
function means(
  indices: Uint32Array,
  p: Float64Array,
  k: number,
  map: Float32Array,
  dims: number,
): Float32Array {
  const y = new Float32Array(indices.length / k * dims);
  for (let at = 0; at < y.length; at++) {
    const row = Math.floor(at / dims), t = at % dims;
    let sum = 0;
    for (let q = row * k; q < (row + 1) * k; q++) sum += p[q] * map[indices[q] * dims + t];
    y[at] = sum;
  }
  return y;
}
