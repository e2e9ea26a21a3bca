import { type Activation, activationGrad, ACTIVATIONS } from "../kernels/activation.ts";
import { dense, denseGradW, denseGradX } from "../kernels/dense.ts";
import type { Graph } from "../plan/graph.ts";
import type { Tensor } from "../plan/tensor.ts";

/**
 * A dense layer: `y = act(x w + b)`, x [m, k], w [k, n], b [n], y [m, n]. Samples of more dimensions
 * are read as their k numbers.
 *
 * The activation is folded into the product. Backward, the product that makes the gradient of `x`
 * folds in the derivative of the activation that made `x`, if this layer is its only reader, and
 * the product that makes the gradient of `w` sums the gradient of `b` on the way.
 *
 * @param b bias, or null for none
 * @throws RangeError if the shapes do not fit
 */
export function linear(
  g: Graph,
  x: Tensor,
  w: Tensor,
  b: Tensor | null,
  activation: Activation = "identity",
): Tensor {
  const m = x.shape[0], k = x.size / m;
  const n = w.shape[1];
  if (w.shape.length !== 2 || w.shape[0] !== k) {
    throw new RangeError(`linear: w must be [${k}, n], got [${w.shape.join(", ")}]`);
  }
  if (b && b.size !== n) throw new RangeError(`linear: b must be [${n}], got [${b.shape}]`);
  const code = ACTIVATIONS[activation];
  const bias = b ? 1 : 0;
  const y = g.temp([m, n]);
  y.activation = code;
  // A kernel's argument list is fixed: without a bias, w stands in and is not read.
  g.call(dense, { x, w, b: b ?? w, y }, { m, k, n, bias, activation: code });
  g.onBackward(y, b ? [x, w, b] : [x, w], (dy) => {
    const dz = code === 0 || g.gated(y) ? dy : g.temp(y.shape, "f32", "d");
    if (dz !== dy) g.call(activationGrad, { y, dy, dx: dz }, { n: y.size, activation: code });
    g.addGrad(x, (dx) => {
      g.call(denseGradX, { dz, w, x, dx }, { m, k, n, activation: g.gate(x) });
    });
    g.addGrads(b ? [w, b] : [w], ([dw, db]) => {
      const unread = db ?? g.temp([n], "f32", "d");
      g.call(denseGradW, { x, dz, dw, db: unread }, { m, k, n, bias });
    });
  });
  return y;
}
