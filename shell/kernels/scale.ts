import { elementwise } from "./elementwise.ts";
import { kernel, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/scale.wgsl" with { type: "text" };

/** `y = factor * x` over `n` elements. */
export const scale = kernel({
  name: "scale",
  buffers: { x: reads("f32"), y: writes("f32") },
  params: { n: "u32", factor: "f32" },
  wgsl,
  ...elementwise,
  flops: ({ n }) => n,
  bytes: ({ n }) => 8 * n,
});
