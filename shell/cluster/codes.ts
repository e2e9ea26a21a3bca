import type { Device } from "../device/device.ts";
import { nearest } from "../kernels/nearest.ts";
import { Graph } from "../plan/graph.ts";
import { compile } from "../plan/plan.ts";
import { data, state } from "../plan/tensor.ts";
import { kmeans, type KmeansOptions, type KmeansResult } from "./kmeans.ts";
import { kmeansConfidence } from "./kmeans_predict.ts";
import { type Columns, measureColumns, type Normalisation, normalise } from "./normalise.ts";

/** Clusters that were found in the codes of a network: enough to place new codes. */
export interface CodeClusters {
  readonly normalise: Normalisation;
  readonly columns: Columns;
  /** k rows, in the space that `normalise` makes. */
  readonly centres: Float32Array;
}

/** K-Means on the codes of a network, `width` numbers each. */
export async function clusterCodes(
  device: Device,
  codes: Float32Array,
  width: number,
  how: Normalisation,
  options: KmeansOptions,
): Promise<{ readonly found: KmeansResult; readonly clusters: CodeClusters }> {
  const columns = measureColumns(codes, width);
  const points = data("points", [codes.length / width, width]);
  device.write(points, normalise(codes, width, how, columns));
  try {
    const found = await kmeans(device, points, options);
    return { found, clusters: { normalise: how, columns, centres: found.centres } };
  } finally {
    device.free(points);
  }
}

/**
 * Cluster of each code, that of the nearest centre, the Euclidean distance to it, and how sure that
 * is: see {@link kmeansConfidence}.
 *
 * @throws RangeError if a code is not finite
 */
export async function placeCodes(
  device: Device,
  codes: Float32Array,
  width: number,
  clusters: CodeClusters,
): Promise<{
  readonly labels: Uint32Array;
  readonly distances: Float32Array;
  readonly confidence: Float32Array;
}> {
  const { columns, centres, normalise: how } = clusters;
  const m = codes.length / width, k = centres.length / width;
  const z = data("points", [m, width]), mu = data("centres", [k, width]);
  const label = state("label", [m], "u32"), distance = state("distance", [m]);
  const g = new Graph("place codes");
  g.call(nearest, { z, mu, label, distance }, { m, k, dim: width });
  const plan = compile(g);
  device.write(z, normalise(codes, width, how, columns));
  device.write(mu, centres);
  await device.load(plan);
  device.run(plan);
  const labels = await device.read(label) as Uint32Array;
  const squares = await device.read(distance) as Float32Array;
  device.unload(plan);
  try {
    const confidence = await kmeansConfidence(device, z, { centres, metric: "euclidean" });
    return { labels, distances: squares.map(Math.sqrt), confidence };
  } finally {
    device.free(z, mu, label, distance);
  }
}
