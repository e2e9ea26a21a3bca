import type { Device } from "../device/device.ts";
import { nearestNeighbours } from "../neighbours/neighbours.ts";
import { requireFinite } from "../ops/finite.ts";
import { data, type Tensor } from "../plan/tensor.ts";
import type { DbscanResult } from "./dbscan.ts";
import { unitVectors } from "./unit_vectors.ts";

/** Cosine distances that are above eps by no more are within. */
const COSINE_SLACK = 4e-14;

/** How to look at new points. */
export interface PredictOptions {
  /** Stops the work: `Cancelled` is thrown. */
  readonly signal?: AbortSignal;
  /** Called now and then: how much of how much is done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Clusters of new points: that of the nearest core point if it is within eps, else -1 for noise.
 * The paper leaves this open and scikit-learn has nothing of the kind; the rule is that of its
 * definition of a border point, "density-reachable from a core point", with the nearest chosen where
 * there are several. So a core point of the fit gets its own cluster; a border point of the fit that
 * two clusters share gets the nearer one, which need not be the first that {@link dbscan} takes.
 * Of core points equally near in float32 the one of the lower row counts.
 *
 * @param points [n, dim] f32, on the device: those of the fit
 * @param found the fit
 * @param queries [m, dim] f32, on the device
 * @returns cluster of each query
 * @throws RangeError if the fit is not of these points, a number is not finite, or a row is zero
 * under "cosine"
 * @throws TypeError if points or queries are of another shape or type
 * @throws Cancelled if the signal is aborted
 * @see Ester et al. (1996), definitions 1 to 5
 */
export async function dbscanPredict(
  device: Device,
  points: Tensor,
  found: DbscanResult,
  queries: Tensor,
  options: PredictOptions = {},
): Promise<Int32Array> {
  check(points, found, queries);
  await requireFinite(device, queries, "dbscanPredict");
  const dim = points.shape[1], cosine = found.metric === "cosine";
  const rows = Array.from(found.core.keys()).filter((row) => found.core[row]);
  const labels = new Int32Array(queries.shape[0]).fill(-1);
  if (rows.length === 0) return labels;
  const core = gather(await device.read(points) as Float32Array, rows, dim);
  const asked = await device.read(queries) as Float32Array;
  const place = (x: Float32Array) => {
    const tensor = data("rows", [x.length / dim, dim]);
    device.write(tensor, cosine ? unitVectors(x, dim, "dbscanPredict").high : x);
    return tensor;
  };
  const placed = [place(core), place(asked)];
  try {
    const { indices } = await nearestNeighbours(device, placed[0], {
      ...options,
      k: 1,
      queries: placed[1],
    });
    const within = cosine ? withinCosine : withinEuclidean;
    indices.forEach((at, q) => {
      const x = asked.subarray(q * dim, (q + 1) * dim), y = core.subarray(at * dim, (at + 1) * dim);
      if (within(x, y, found.eps)) labels[q] = found.labels[rows[at]];
    });
    return labels;
  } finally {
    device.free(...placed);
  }
}

function gather(x: Float32Array, rows: readonly number[], dim: number): Float32Array {
  const out = new Float32Array(rows.length * dim);
  rows.forEach((row, i) => out.set(x.subarray(row * dim, (row + 1) * dim), i * dim));
  return out;
}

/** `||x - y|| <= eps` as the fit decides it, in float64. */
function withinEuclidean(x: Float32Array, y: Float32Array, eps: number): boolean {
  let sum = 0;
  for (let d = 0; d < x.length; d++) sum += (x[d] - y[d]) ** 2;
  return sum <= eps ** 2;
}

/** `1 - cos(x, y) <= eps` in float64; a little more is within, as in the fit. */
function withinCosine(x: Float32Array, y: Float32Array, eps: number): boolean {
  let xx = 0, yy = 0, xy = 0;
  for (let d = 0; d < x.length; d++) {
    xx += x[d] * x[d];
    yy += y[d] * y[d];
    xy += x[d] * y[d];
  }
  return 1 - xy / Math.sqrt(xx) / Math.sqrt(yy) <= eps + COSINE_SLACK;
}

/** @throws RangeError or TypeError unless the fit is of the points and the queries are like them */
function check(points: Tensor, found: DbscanResult, queries: Tensor): void {
  for (const [name, x] of Object.entries({ points, queries })) {
    if (x.shape.length !== 2 || x.dtype !== "f32") {
      throw new TypeError(`dbscanPredict: ${name} must be an f32 tensor [n, dim], got ${x}`);
    }
  }
  if (queries.shape[1] !== points.shape[1]) {
    throw new TypeError(
      `dbscanPredict: queries must have ${points.shape[1]} columns like the points, got ${queries}`,
    );
  }
  if (found.labels.length !== points.shape[0]) {
    throw new RangeError(
      `dbscanPredict: the fit must be of the points given, got one of ${found.labels.length} ` +
        `points for ${points.shape[0]}`,
    );
  }
}
