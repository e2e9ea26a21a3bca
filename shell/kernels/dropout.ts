import { elementwise } from "./elementwise.ts";
import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/dropout.wgsl" with { type: "text" };

/** Elements that a GPU workgroup takes: four per invocation. */
const GROUP = 256;

/**
 * `y = x / keep` where u < keep, `y = 0 x` elsewhere, over `n` elements; `keep` in (0, 1], u the
 * uniform numbers of (seed, stream, step) (see the kernel `uniform`). Its own backward: applied to
 * dy with the same seed, stream and step it gives dx.
 * @see Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from overfitting
 */
export const dropout = kernel({
  name: "dropout",
  buffers: { x: reads("f32"), y: writes("f32") },
  params: { n: "u32", seed: "u32", stream: "u32", step: "u32", keep: "f32" },
  wgsl,
  ...elementwise,
  grid: ({ n }) => linear(Math.ceil(n / GROUP)),
  grain: () => 4,
  flops: ({ n }) => 25 * n,
  bytes: ({ n }) => 8 * n,
});
