import type { Device } from "../device/device.ts";
import { putRows } from "../ops/gather.ts";
import { Graph } from "../plan/graph.ts";
import { compile } from "../plan/plan.ts";
import { data, state, type Tensor } from "../plan/tensor.ts";
import type { Rows } from "./rows.ts";

/** Rows in a batch of inference. */
const BATCH = 1024;

/**
 * Applies a network to rows, batch by batch, and leaves the results on the device.
 *
 * @param ids which rows, in which order; default all
 * @param width numbers in a row of the result
 * @param record records the network for a batch [m, rows.width]; the result is [m, width]
 * @returns a tensor [ids.length, width], which the caller frees
 */
export async function mapRows(
  device: Device,
  rows: Rows,
  width: number,
  record: (g: Graph, x: Tensor) => Tensor,
  ids?: Uint32Array,
): Promise<Tensor> {
  const n = ids?.length ?? rows.n;
  const m = Math.min(BATCH, n, rows.window);
  const batches = Math.ceil(n / m);
  // The last batch is filled up with row 0, whose results `put` drops.
  const padded = new Uint32Array(batches * m);
  for (let i = 0; i < n; i++) padded[i] = ids ? ids[i] : i;
  const index = data("index", [padded.length], "u32");
  const out = state("mapped", [n, width]);
  device.write(index, padded);
  const g = new Graph("map rows");
  putRows(g, record(g, rows.batch(g, index, m)), out, g.scalar("at", "u32"));
  const plan = compile(g);
  await device.load(plan);
  const most = Math.min(batches, Math.floor(rows.window / m));
  for (let from = 0; from < batches; from += most) {
    const count = Math.min(most, batches - from);
    rows.stage(padded.subarray(from * m, (from + count) * m));
    const steps = Array.from({ length: count }, (_, i) => ({ at: (from + i) * m, staged: i * m }));
    device.run(plan, steps);
    await device.sync();
  }
  device.unload(plan);
  device.free(index);
  return out;
}
