import { elementwise } from "./elementwise.ts";
import { kernel, reads, updates } from "./kernel.ts";
import wgsl from "../../shaders/accumulate.wgsl" with { type: "text" };

/** `y = y + x` over `n` elements. */
export const accumulate = kernel({
  name: "accumulate",
  buffers: { x: reads("f32"), y: updates("f32") },
  params: { n: "u32" },
  wgsl,
  ...elementwise,
  flops: ({ n }) => n,
  bytes: ({ n }) => 12 * n,
});
