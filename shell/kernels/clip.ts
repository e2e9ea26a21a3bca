import { elementwise } from "./elementwise.ts";
import { kernel, reads, updates } from "./kernel.ts";
import wgsl from "../../shaders/clip.wgsl" with { type: "text" };

/**
 * `dw = dw min(1, limit / (sqrt(norm_sq) + 1e-6))` over `n` elements: keeps the norm of all
 * gradients together at or below `limit` > 0. norm_sq is [1], the sum of their squares. If that is
 * infinite or NaN the gradients become NaN rather than silently zero.
 * @see Pascanu, Mikolov, Bengio (2013), On the difficulty of training recurrent neural networks,
 * algorithm 1
 */
export const clip = kernel({
  name: "clip",
  buffers: { norm_sq: reads("f32"), dw: updates("f32") },
  params: { n: "u32", limit: "f32" },
  wgsl,
  ...elementwise,
  flops: ({ n }) => n,
  bytes: ({ n }) => 8 * n,
});
