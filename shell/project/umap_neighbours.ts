import type { Device } from "../device/device.ts";
import { unitRows } from "../kernels/unit_rows.ts";
import { nearestNeighbours, type NeighbourOptions } from "../neighbours/neighbours.ts";
import { Graph } from "../plan/graph.ts";
import { compile } from "../plan/plan.ts";
import { state, type Tensor } from "../plan/tensor.ts";
import type { Lists } from "./umap_graph.ts";

/** How far apart two points are: Euclidean distance, or 1 less the cosine of their angle. */
export type Metric = "euclidean" | "cosine";

/** Rows shorter than this have no direction. */
const EPSILON = 1e-12;

/**
 * The nearest neighbours by either metric. With `u` of length 1, `1 - cos(u, v) = ||u - v||^2 / 2`,
 * so those by cosine are found by Euclidean distance among unit rows.
 *
 * @param queries rows other than the points, [m, dim]
 * @throws RangeError on a row of zeros under cosine, and as `nearestNeighbours`
 */
export async function listsOf(
  device: Device,
  points: Tensor,
  metric: Metric,
  options: Omit<NeighbourOptions, "queries"> & { readonly queries?: Tensor },
): Promise<Lists> {
  const { k, queries } = options;
  if (metric === "euclidean") {
    return { k, ...await nearestNeighbours(device, points, options) };
  }
  const made: Tensor[] = [];
  try {
    const unit = await unitOf(device, points, "", made);
    const others = queries && await unitOf(device, queries, "new ", made);
    const found = await nearestNeighbours(device, unit, { ...options, queries: others });
    return { k, indices: found.indices, distances: found.distances.map((d) => d * d / 2) };
  } finally {
    device.free(...made);
  }
}

/** The rows by their length, in a tensor of their own. */
async function unitOf(device: Device, x: Tensor, what: string, made: Tensor[]): Promise<Tensor> {
  const [m, dim] = x.shape;
  const y = state("unit rows", [m, dim]), factor = state("inverse lengths", [m]);
  made.push(y, factor);
  const g = new Graph("unit rows");
  g.call(unitRows, { x, y, factor }, { m, dim, epsilon: EPSILON });
  const plan = compile(g);
  try {
    await device.load(plan);
    device.run(plan);
    const zero = (await device.read(factor)).findIndex((v) => v === 0);
    if (zero >= 0) {
      throw new RangeError(
        `umap: cosine needs ${what}points with a direction, but row ${zero} is all zeros: ` +
          "remove such rows or use the Euclidean metric",
      );
    }
    return y;
  } finally {
    device.unload(plan);
  }
}
