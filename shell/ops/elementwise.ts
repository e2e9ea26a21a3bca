import { type Activation, activation, activationGrad, ACTIVATIONS } from "../kernels/activation.ts";
import { add as addKernel } from "../kernels/add.ts";
import { copy } from "../kernels/copy.ts";
import { dropout as dropoutKernel } from "../kernels/dropout.ts";
import { scale as scaleKernel } from "../kernels/scale.ts";
import { unitRows as unitRowsKernel, unitRowsGrad } from "../kernels/unit_rows.ts";
import type { Graph, Scalar } from "../plan/graph.ts";
import type { Tensor } from "../plan/tensor.ts";

/** `y = act(x)`, elementwise. A dense layer has its activation built in: see `linear`. */
export function activate(g: Graph, x: Tensor, name: Activation): Tensor {
  const y = g.temp(x.shape);
  const code = ACTIVATIONS[name];
  g.call(activation, { x, y }, { n: x.size, activation: code });
  g.onBackward(y, [x], (dy) => {
    g.addGrad(x, (dx) => g.call(activationGrad, { y, dy, dx }, { n: x.size, activation: code }));
  });
  return y;
}

/** `y = a + b` of two tensors of one shape. */
export function add(g: Graph, a: Tensor, b: Tensor): Tensor {
  if (a.size !== b.size) {
    throw new RangeError(`add: both must have one shape, got [${a.shape}] and [${b.shape}]`);
  }
  const y = g.temp(a.shape);
  g.call(addKernel, { a, b, y }, { n: a.size });
  g.onBackward(y, [a, b], (dy) => {
    for (const x of [a, b]) g.addGrad(x, (dx) => g.call(copy, { x: dy, y: dx }, { n: x.size }));
  });
  return y;
}

/** `y = factor x`. */
export function scale(g: Graph, x: Tensor, factor: number): Tensor {
  const y = g.temp(x.shape);
  g.call(scaleKernel, { x, y }, { n: x.size, factor });
  g.onBackward(y, [x], (dy) => {
    g.addGrad(x, (dx) => g.call(scaleKernel, { x: dy, y: dx }, { n: x.size, factor }));
  });
  return y;
}

/** Shortest length that {@link unitRows} divides by. */
const EPSILON = 1e-12;

/**
 * Rows of length 1: `y_i = x_i / max(||x_i||, 1e-12)`, for x [m, ...], where a row is all numbers
 * after the first dimension. A row of zeros stays zero; a row no longer than 1e-12 gets the gradient
 * 0, for it has no direction.
 *
 * @see Schroff, Kalenichenko, Philbin (2015), FaceNet, section 3: embeddings on the unit sphere
 */
export function unitRows(g: Graph, x: Tensor): Tensor {
  const m = x.shape[0], dim = x.size / m;
  const y = g.temp(x.shape);
  const factor = g.temp([m], "f32", "factor");
  g.call(unitRowsKernel, { x, y, factor }, { m, dim, epsilon: EPSILON });
  g.onBackward(y, [x], (dy) => {
    g.addGrad(x, (dx) => g.call(unitRowsGrad, { y, dy, factor, dx }, { m, dim }));
  });
  return y;
}

/** Which random numbers a layer draws. */
export interface Draw {
  /** Of the random numbers, 32 bits. */
  readonly seed: number | Scalar;
  /** Distinguishes the layers of a network. */
  readonly stream: number;
  /** Changes with every step. */
  readonly step: number | Scalar;
}

/**
 * Inverted dropout: keeps each element with probability `keep` and divides it by `keep`, else 0.
 * The backward pass draws the same mask again instead of storing it.
 * @throws RangeError unless 0 < keep <= 1
 * @see Srivastava et al. 2014
 */
export function dropout(g: Graph, x: Tensor, keep: number, draw: Draw): Tensor {
  if (!(keep > 0 && keep <= 1)) {
    throw new RangeError(`dropout: keep must be above 0 and at most 1, got ${keep}`);
  }
  const y = g.temp(x.shape);
  g.call(dropoutKernel, { x, y }, { n: x.size, ...draw, keep });
  g.onBackward(y, [x], (dy) => {
    g.addGrad(x, (dx) => g.call(dropoutKernel, { x: dy, y: dx }, { n: x.size, ...draw, keep }));
  });
  return y;
}
