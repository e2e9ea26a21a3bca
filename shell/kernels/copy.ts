import { elementwise } from "./elementwise.ts";
import { kernel, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/copy.wgsl" with { type: "text" };

/** `y = x` over `n` elements, bit for bit. */
export const copy = kernel({
  name: "copy",
  buffers: { x: reads("f32"), y: writes("f32") },
  params: { n: "u32" },
  wgsl,
  ...elementwise,
  bytes: ({ n }) => 8 * n,
});
