/** Activation functions by themselves; the dense layer has them built in. */

import { elementwise } from "./elementwise.ts";
import { kernel, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/activation.wgsl" with { type: "text" };
import gradWgsl from "../../shaders/activation_grad.wgsl" with { type: "text" };

/**
 * Codes of the activation functions, as kernels take them: x; max(x, 0); x or .01 x below 0;
 * 1 / (1 + e^-x); tanh x.
 */
export const ACTIVATIONS = { identity: 0, relu: 1, leaky_relu: 2, sigmoid: 3, tanh: 4 } as const;

/** Name of an activation function. */
export type Activation = keyof typeof ACTIVATIONS;

/**
 * `y = act(x)` over `n` elements; `activation` is a code of {@link ACTIVATIONS}. Saturates without
 * overflow for any x; NaN stays NaN.
 */
export const activation = kernel({
  name: "activation",
  buffers: { x: reads("f32"), y: writes("f32") },
  params: { n: "u32", activation: "u32" },
  wgsl,
  ...elementwise,
  flops: ({ n }) => n,
  bytes: ({ n }) => 8 * n,
});

/**
 * `dx = dy * act'(x)` over `n` elements, with act' computed from the output `y = act(x)`:
 * 1; [y > 0]; 1 or .01; y (1 - y); 1 - y^2. At 0 relu has the slope 0, leaky relu .01.
 */
export const activationGrad = kernel({
  name: "activation_grad",
  buffers: { y: reads("f32"), dy: reads("f32"), dx: writes("f32") },
  params: { n: "u32", activation: "u32" },
  wgsl: gradWgsl,
  ...elementwise,
  flops: ({ n }) => n,
  bytes: ({ n }) => 12 * n,
});
