import { type Centres, kmeansConfidence } from "../../cluster/kmeans_predict.ts";
import { data } from "../../plan/tensor.ts";
import type { Task } from "./algorithm.ts";

/** Numbers that are on the device at a time. */
const BLOCK = 1 << 24;

/** How sure each row's cluster is, block by block: the rows may be more than the device holds. */
export async function confidenceOf(
  { device, rows, width, signal }: Task,
  found: Centres,
): Promise<Float32Array> {
  const n = rows.length / width;
  const out = new Float32Array(n);
  const count = Math.max(1, Math.floor(BLOCK / width));
  for (let begin = 0; begin < n; begin += count) {
    const end = Math.min(n, begin + count);
    const points = data("points", [end - begin, width]);
    device.write(points, rows.subarray(begin * width, end * width));
    try {
      out.set(await kmeansConfidence(device, points, found, { signal }), begin);
    } finally {
      device.free(points);
    }
  }
  return out;
}
