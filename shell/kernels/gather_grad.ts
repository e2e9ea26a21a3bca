import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/gather_grad.wgsl" with { type: "text" };

/**
 * The gradient of `gather`: `dsource[r, :] = sum of dy[i, :]` over the i < m with
 * `index[at + i] = r`, in order of i. dsource is [rows, width], index is [at + m] or longer, dy is
 * [m, width]. Each row looks through the whole index, so nothing is written by two: made for
 * batches, of which rows times m stays in the millions.
 */
export const gatherGrad = kernel({
  name: "gather_grad",
  buffers: { dy: reads("f32"), index: reads("u32"), dsource: writes("f32") },
  params: { rows: "u32", m: "u32", width: "u32", at: "u32" },
  wgsl,
  grid: ({ rows, width }) => linear(Math.ceil(rows * width / 64)),
  items: ({ rows }) => rows,
  grain: ({ m, width }) => Math.max(1, Math.round(32_768 / (m + width))),
  flops: ({ m, width }) => m * width,
  bytes: ({ rows, m, width }) => 4 * (m + m * width + rows * width),
});
