import type { Activation } from "../kernels/activation.ts";
import { linear } from "../ops/linear.ts";
import type { Graph } from "../plan/graph.ts";
import type { Tensor } from "../plan/tensor.ts";
import { type Initialiser, INITIALISERS, type Parameters } from "./parameters.ts";

/** A stack of dense layers. */
export interface Mlp {
  /** Numbers per row: input, hidden..., output. */
  readonly sizes: readonly number[];
  /** Records the forward pass of x [m, sizes[0]]; the result is [m, sizes.at(-1)]. */
  apply(g: Graph, x: Tensor): Tensor;
}

/** Settings of a stack of dense layers. */
export interface MlpOptions {
  /** Of the hidden layers; default relu. */
  readonly activation?: Activation;
  /** Of the last layer; default identity. */
  readonly output?: Activation;
  /** Of the weights and biases; default glorot. */
  readonly initialiser?: Initialiser;
}

/**
 * A multi-layer perceptron: `x -> act(x w1 + b1) -> ... -> x wL + bL`.
 *
 * @param name prefix of the parameters' names: `NAME.0.weight`, `NAME.0.bias`, ...
 * @throws RangeError if there are fewer than two sizes or one is not a positive integer
 */
export function mlp(
  parameters: Parameters,
  name: string,
  sizes: readonly number[],
  options: MlpOptions = {},
): Mlp {
  const { activation = "relu", output = "identity", initialiser = INITIALISERS.glorot } = options;
  if (sizes.length < 2 || sizes.some((n) => !Number.isInteger(n) || n < 1)) {
    throw new RangeError(
      `mlp: sizes must be two or more positive integers, got ${sizes.join("-")}`,
    );
  }
  const layers = sizes.slice(1).map((out, i) => {
    const { weight, bias } = initialiser;
    return {
      w: parameters.add(`${name}.${i}.weight`, [sizes[i], out], weight(sizes[i], out)),
      b: parameters.add(`${name}.${i}.bias`, [out], bias(sizes[i], out)),
      activation: i === sizes.length - 2 ? output : activation,
    };
  });
  return {
    sizes,
    apply: (g, x) => layers.reduce((h, { w, b, activation }) => linear(g, h, w, b, activation), x),
  };
}
