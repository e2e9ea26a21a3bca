import { gatherLaunch } from "./gather.ts";
import { kernel, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/gather_u8.wgsl" with { type: "text" };

/**
 * `y[i, :] = scale * source[index[at + i], :] + shift` for i < m: source is u8 [rows, width], index
 * is [at + m] or longer, y is f32 [m, width]. Rows may begin at any byte. Where the index is `rows`
 * or more, the row of y is NaN.
 */
export const gatherU8 = kernel({
  name: "gather_u8",
  buffers: { source: reads("u8"), index: reads("u32"), y: writes("f32") },
  params: { rows: "u32", m: "u32", width: "u32", at: "u32", scale: "f32", shift: "f32" },
  wgsl,
  ...gatherLaunch,
  flops: ({ m, width }) => 2 * m * width,
  bytes: ({ m, width }) => 5 * m * width,
});
