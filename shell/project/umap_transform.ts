import type { Device } from "../device/device.ts";
import type { Tensor } from "../plan/tensor.ts";
import { integer, layoutHooks, neighbourProgress, type UmapHooks, type UmapMap } from "./umap.ts";
import { listRows, type Lists, memberships, smoothDistances } from "./umap_graph.ts";
import { layOut } from "./umap_layout.ts";
import { listsOf } from "./umap_neighbours.ts";

/** How to place new points. */
export interface UmapTransformOptions extends UmapHooks {
  /** Default a third of the map's. */
  readonly epochs?: number;
}

/** The learning rate is this part of the map's. */
const RATE = 0.25;

/**
 * Places new points on a map: each begins at the mean of its nearest neighbours among the map's
 * points, weighted by membership, and is laid out among them while they stay where they are.
 * Positions of new points do not depend on each other.
 *
 * @param points [n, dim] f32, on the device: those that the map is of
 * @param map of these points
 * @param queries [m, dim] f32, on the device: the new points
 * @returns [m, dimensions]
 * @throws RangeError if the map is not of these points, epochs are out of range, a number is not
 * finite, or a row is all zeros under cosine
 * @throws TypeError if points or queries are of another shape or type
 * @throws Cancelled if the signal is aborted
 */
export async function umapTransform(
  device: Device,
  points: Tensor,
  map: UmapMap,
  queries: Tensor,
  options: UmapTransformOptions = {},
): Promise<Float32Array> {
  const { dimensions, neighbours, metric, positions } = map;
  const { epochs = Math.max(1, Math.floor(map.epochs / 3)) } = options;
  integer("epochs", epochs, 1, 1e6);
  integer("every", options.every ?? 1, 1, 1e6);
  for (const [name, one] of Object.entries({ points, "new points": queries })) {
    if (one.shape.length !== 2 || one.dtype !== "f32" || one.shape[1] !== points.shape[1]) {
      throw new TypeError(
        `umap: ${name} must be an f32 tensor [n, ${points.shape[1] ?? "dim"}], got ${one}`,
      );
    }
  }
  if (positions.length !== points.shape[0] * dimensions) {
    throw new RangeError(
      `umap: the map must be of the points, ${points.shape[0]}, got a map of ${
        positions.length / dimensions
      }: give the points that it was made from`,
    );
  }
  const lists = await listsOf(device, points, metric, {
    ...{ k: neighbours, queries, signal: options.signal },
    onProgress: neighbourProgress(options),
  });
  const weight = memberships(lists, smoothDistances(lists, neighbours, false));
  const begin = weightedMeans(lists, weight, positions, dimensions);
  const settings = { ...map, epochs, learningRate: RATE * map.learningRate };
  const hooks = layoutHooks(options);
  return await layOut(device, listRows(lists, weight), begin, settings, hooks, positions);
}

/** `sum_j w_ij y_j / sum_j w_ij` over the neighbours j of each point; y_j itself at distance 0. */
function weightedMeans(lists: Lists, weight: Float64Array, y: Float32Array, dim: number) {
  const { indices, distances, k } = lists;
  const out = new Float32Array(indices.length / k * dim);
  for (let i = 0; i * k < indices.length; i++) {
    const count = distances[i * k] === 0 ? 1 : k;
    let total = 0;
    for (let at = i * k; at < i * k + count; at++) total += weight[at];
    for (let t = 0; t < dim; t++) {
      let sum = 0;
      for (let at = i * k; at < i * k + count; at++) sum += weight[at] * y[indices[at] * dim + t];
      out[i * dim + t] = sum / total;
    }
  }
  return out;
}
