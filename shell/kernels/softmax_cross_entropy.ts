/** Cross-entropy of class logits, and its gradient. */

import { elementwise } from "./elementwise.ts";
import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/softmax_cross_entropy.wgsl" with { type: "text" };
import gradWgsl from "../../shaders/softmax_cross_entropy_grad.wgsl" with { type: "text" };

/** Rows that a workgroup takes. */
const ROWS = 8;

/** Sizes: `m` samples, `n` classes. */
interface Sizes {
  readonly m: number;
  readonly n: number;
}

/** One WASM item per row, claimed by about 1,024 numbers. */
const rows = {
  items: ({ m }: Sizes) => m,
  grain: ({ n }: Sizes) => Math.max(1, Math.round(1024 / n)),
};

/**
 * `probability = softmax(x)` by row and `loss = -ln probability[label]`: x and probability are
 * [m, n], label and loss are [m]. The row's maximum is taken off first, so any finite logits do.
 * A label that is not below n gives the loss NaN; a NaN among the logits spoils its row.
 */
export const softmaxCrossEntropy = kernel({
  name: "softmax_cross_entropy",
  buffers: {
    x: reads("f32"),
    label: reads("u32"),
    loss: writes("f32"),
    probability: writes("f32"),
  },
  params: { m: "u32", n: "u32" },
  wgsl,
  grid: ({ m }) => linear(Math.ceil(m / ROWS)),
  ...rows,
  flops: ({ m, n }) => 20 * m * n,
  bytes: ({ m, n }) => 8 * m * n + 8 * m,
});

/**
 * `dx = scale (probability - onehot(label))`: probability and dx are [m, n], label is [m]. `scale`
 * is the loss's weight divided by m. A label that is not below n gives a row of NaN.
 */
export const softmaxCrossEntropyGrad = kernel({
  name: "softmax_cross_entropy_grad",
  buffers: { probability: reads("f32"), label: reads("u32"), dx: writes("f32") },
  params: { m: "u32", n: "u32", scale: "f32" },
  wgsl: gradWgsl,
  grid: ({ m, n }) => elementwise.grid({ n: m * n }),
  ...rows,
  flops: ({ m, n }) => 2 * m * n,
  bytes: ({ m, n }) => 8 * m * n + 4 * m,
});
