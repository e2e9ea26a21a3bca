import { gatherLaunch } from "./gather.ts";
import { kernel, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/gather_u32.wgsl" with { type: "text" };

/**
 * `y[i, :] = source[index[at + i], :]` for i < m, as `gather` but for u32, labels for instance.
 * Where the index is `rows` or more, the row of y is 2^32 - 1.
 */
export const gatherU32 = kernel({
  name: "gather_u32",
  buffers: { source: reads("u32"), index: reads("u32"), y: writes("u32") },
  params: { rows: "u32", m: "u32", width: "u32", at: "u32" },
  wgsl,
  ...gatherLaunch,
  bytes: ({ m, width }) => 8 * m * width,
});
