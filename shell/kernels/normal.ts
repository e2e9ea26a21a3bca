import { elementwise } from "./elementwise.ts";
import { kernel, linear, writes } from "./kernel.ts";
import wgsl from "../../shaders/normal.wgsl" with { type: "text" };

/** Elements that a GPU workgroup fills: four per invocation. */
const GROUP = 256;

/**
 * `y = mean + deviation z` over `n` elements, z standard normal by Box and Muller: elements 2 j and
 * 2 j + 1 are sqrt(-2 ln(1 - u)) times the cosine and the sine of 2 pi u', where u and u' are the
 * uniform numbers of the same two elements (see the kernel `uniform`). |z| is at most 5.77. Devices
 * agree within 2e-6 deviation and the rounding of the sum.
 * @see Box and Muller (1958), A note on the generation of random normal deviates
 */
export const normal = kernel({
  name: "normal",
  buffers: { y: writes("f32") },
  params: { n: "u32", seed: "u32", stream: "u32", step: "u32", mean: "f32", deviation: "f32" },
  wgsl,
  ...elementwise,
  grid: ({ n }) => linear(Math.ceil(n / GROUP)),
  grain: () => 2,
  flops: ({ n }) => 60 * n,
  bytes: ({ n }) => 4 * n,
});
