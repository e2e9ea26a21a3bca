/** DBSCAN on the data that the peer gets. */

import { dbscan } from "../../shell/cluster/dbscan.ts";
import type { Device } from "../../shell/device/device.ts";
import { data } from "../../shell/plan/tensor.ts";
import { heapGrowth, type Measurement, median, spread, time } from "./measure.ts";

/** What is measured, here and by the peer. */
export const DBSCAN = { rows: 20_000, eps: 2, minPoints: 10 };

/** Fits before the first sample. */
const WARM = 5;

/**
 * Milliseconds of a whole fit of the first rows, and the megabytes that it takes on the device
 * beside the points.
 */
export async function dbscanTime(
  device: Device,
  { values, dim }: { readonly values: Float32Array; readonly dim: number },
  runs: number,
): Promise<Measurement> {
  const { rows, ...options } = DBSCAN;
  const points = data("points", [rows, dim]);
  device.write(points, values.slice(0, rows * dim));
  for (let run = 0; run < WARM; run++) await dbscan(device, points, options);
  const megabytes = heapGrowth(device);
  const ms: number[] = [];
  let clusters = 0, noise = 0;
  for (let run = 0; run < runs; run++) {
    ms.push(
      await time(async () => ({ clusters, noise } = await dbscan(device, points, options))),
    );
  }
  const grown = megabytes();
  device.free(points);
  return {
    name: "dbscan",
    device: device.info.description,
    ms: median(ms),
    spread: spread(ms),
    clusters,
    noise,
    ...grown,
    runs,
  };
}
