/** t-SNE, on the data that the peer gets. */

import type { Device } from "../../shell/device/device.ts";
import { data } from "../../shell/plan/tensor.ts";
import { tsne } from "../../shell/project/tsne.ts";
import { type Measurement, time } from "./measure.ts";

/** Width of the points. */
export const DIM = 50;

/**
 * Milliseconds of a whole map and of one of its iterations: the second half of them, which is like
 * the rest of a longer run. Returns the map too.
 */
export async function tsneTime(device: Device, values: Float32Array, iterations: number) {
  const points = data("points", [values.length / DIM, DIM]);
  device.write(points, values);
  const marks: number[] = [];
  let map = new Float32Array();
  let kl = 0;
  const every = Math.floor(iterations / 2);
  const ms = await time(async () => {
    const found = await tsne(device, points, {
      iterations,
      progressEvery: every,
      onProgress: () => void marks.push(performance.now()),
    });
    map = Float32Array.from(found.positions);
    kl = found.kl;
  });
  device.free(points);
  const { description } = device.info;
  const measurement: Measurement[] = [
    { name: `tsne ${values.length / DIM} x ${DIM}`, device: description, ms, kl, iterations },
    { name: "tsne_iteration", device: description, ms: (marks[1] - marks[0]) / every },
  ];
  return { measurement, map };
}
