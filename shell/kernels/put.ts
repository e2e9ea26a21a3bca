import { kernel, reads, updates } from "./kernel.ts";
import wgsl from "../../shaders/put.wgsl" with { type: "text" };

/**
 * `log[slot] = x[0]`: keeps a number of each step, such as the loss, until the host reads the log.
 * `n` is the length of the log; with `slot` n or more, nothing is written.
 */
export const put = kernel({
  name: "put",
  buffers: { x: reads("f32"), log: updates("f32") },
  params: { n: "u32", slot: "u32" },
  wgsl,
  grid: () => [1],
  items: () => 1,
  bytes: () => 8,
});
