import { elementwise } from "./elementwise.ts";
import { kernel, reads, updates } from "./kernel.ts";
import wgsl from "../../shaders/sgd.wgsl" with { type: "text" };

/**
 * A step of stochastic gradient descent over `n` parameters: with `g = dw + decay w`,
 * `v = momentum v + g` and `w -= rate v`, or `w -= rate (g + momentum v)` if `nesterov` is 1.
 * w, dw and v are [n]; v starts at zero. `decay` is the coefficient of an L2 penalty.
 * @see Sutskever, Martens, Dahl, Hinton (2013), On the importance of initialization and momentum
 */
export const sgd = kernel({
  name: "sgd",
  buffers: { w: updates("f32"), dw: reads("f32"), v: updates("f32") },
  params: { n: "u32", rate: "f32", momentum: "f32", decay: "f32", nesterov: "u32" },
  wgsl,
  ...elementwise,
  flops: ({ n }) => 8 * n,
  bytes: ({ n }) => 20 * n,
});
