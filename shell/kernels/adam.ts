import { elementwise } from "./elementwise.ts";
import { kernel, reads, updates } from "./kernel.ts";
import wgsl from "../../shaders/adam.wgsl" with { type: "text" };

/**
 * A step of Adam over `n` parameters: with `g = dw + l2 w`, `m = beta1 m + (1 - beta1) g`,
 * `v = beta2 v + (1 - beta2) g^2` and
 * `w = (1 - rate decay) w - rate (m / correction1) / (sqrt(v / correction2) + epsilon)`.
 * w, dw, m and v are [n]; m and v start at zero. `l2` is the coefficient of a penalty in the loss,
 * `decay` that of AdamW, which leaves the moments alone. `correction1` and `correction2` are those
 * of {@link adamCorrections}, new at every step, as `rate` may be.
 * @see Kingma and Ba (2015), Adam, algorithm 1; Loshchilov and Hutter (2019), Decoupled weight
 * decay regularization, algorithm 2
 */
export const adam = kernel({
  name: "adam",
  buffers: { w: updates("f32"), dw: reads("f32"), m: updates("f32"), v: updates("f32") },
  params: {
    n: "u32",
    rate: "f32",
    beta1: "f32",
    beta2: "f32",
    epsilon: "f32",
    l2: "f32",
    decay: "f32",
    correction1: "f32",
    correction2: "f32",
  },
  wgsl,
  ...elementwise,
  flops: ({ n }) => 18 * n,
  bytes: ({ n }) => 28 * n,
});

/**
 * What makes the moments of {@link adam} unbiased after `step` steps (from 1): `1 - beta^step`, in
 * float64, of the betas as the kernel holds them. The float32 nearest to .999 is off by 1.3e-5 of
 * its distance from 1, and so would the first steps be.
 * @throws RangeError unless both betas are in [0, 1) and `step` is a positive integer
 */
export function adamCorrections(
  beta1: number,
  beta2: number,
  step: number,
): { correction1: number; correction2: number } {
  for (const beta of [beta1, beta2]) {
    if (!(beta >= 0 && beta < 1)) {
      throw new RangeError(`adam: betas must be in [0, 1), got ${beta}`);
    }
  }
  if (!(Number.isInteger(step) && step > 0)) {
    throw new RangeError(`adam: step must be a positive integer, got ${step}`);
  }
  return {
    correction1: 1 - Math.fround(beta1) ** step,
    correction2: 1 - Math.fround(beta2) ** step,
  };
}
