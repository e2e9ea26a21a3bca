import { elementwise } from "./elementwise.ts";
import { kernel, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/add.wgsl" with { type: "text" };

/** `y = a + b` over `n` elements. */
export const add = kernel({
  name: "add",
  buffers: { a: reads("f32"), b: reads("f32"), y: writes("f32") },
  params: { n: "u32" },
  wgsl,
  ...elementwise,
  flops: ({ n }) => n,
  bytes: ({ n }) => 12 * n,
});
