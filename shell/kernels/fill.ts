import { elementwise } from "./elementwise.ts";
import { kernel, writes } from "./kernel.ts";
import wgsl from "../../shaders/fill.wgsl" with { type: "text" };

/** `y = value` over `n` elements. */
export const fill = kernel({
  name: "fill",
  buffers: { y: writes("f32") },
  params: { n: "u32", value: "f32" },
  wgsl,
  ...elementwise,
  bytes: ({ n }) => 4 * n,
});
