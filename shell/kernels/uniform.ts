import { elementwise } from "./elementwise.ts";
import { kernel, linear, writes } from "./kernel.ts";
import wgsl from "../../shaders/uniform.wgsl" with { type: "text" };

/** Elements that a GPU workgroup fills: four per invocation. */
const GROUP = 256;

/**
 * `y = low + (high - low) u` over `n` elements, u uniform in [0, 1) with 24 bits: word i % 4 of
 * Philox4x32-10 under the key (seed, stream) at the counter (i / 4, step, 0, 0), without its lower
 * 8 bits. The same bits on every device. The sum may round up to `high`.
 * @see Salmon, Moraes, Dror, Shaw (2011), Parallel random numbers: as easy as 1, 2, 3
 */
export const uniform = kernel({
  name: "uniform",
  buffers: { y: writes("f32") },
  params: { n: "u32", seed: "u32", stream: "u32", step: "u32", low: "f32", high: "f32" },
  wgsl,
  ...elementwise,
  grid: ({ n }) => linear(Math.ceil(n / GROUP)),
  grain: () => 4,
  flops: ({ n }) => 25 * n,
  bytes: ({ n }) => 4 * n,
});
