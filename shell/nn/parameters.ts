import { uniform } from "../kernels/uniform.ts";
import { fill } from "../kernels/fill.ts";
import { Graph } from "../plan/graph.ts";
import { Slab, type Tensor } from "../plan/tensor.ts";

/** Draws the starting value of a tensor from U(-bound, bound); a bound of 0 gives zeros. */
export type Initialiser = (fanIn: number, fanOut: number) => number;

/** Initialisers by name. */
export const INITIALISERS = {
  /** Variance 1 / (3 fan-in), PyTorch's default for dense layers (LeCun et al. 1998, scaled). */
  default: (fanIn: number) => 1 / Math.sqrt(fanIn),
  /** Variance 2 / fan-in, for relu (He et al. 2015). */
  he: (fanIn: number) => Math.sqrt(6 / fanIn),
  /** Variance 2 / (fan-in + fan-out), for tanh and sigmoid (Glorot & Bengio 2010). */
  glorot: (fanIn: number, fanOut: number) => Math.sqrt(6 / (fanIn + fanOut)),
  /** All zeros. */
  zeros: () => 0,
} satisfies Record<string, Initialiser>;

/** The trainable tensors of a model: one slab of weights and one of their gradients. */
export class Parameters {
  readonly grads = new Slab("gradients");
  readonly weights = new Slab("weights", this.grads);
  readonly #bounds: number[] = [];

  /** Adds a tensor that starts in U(-bound, bound). */
  add(name: string, shape: readonly number[], bound: number): Tensor {
    this.#bounds.push(bound);
    return this.weights.add(name, shape);
  }

  /** Every tensor, in the order in which it was added. */
  get tensors(): readonly Tensor[] {
    return this.weights.views;
  }

  /** Number of trainable numbers. */
  get count(): number {
    return this.tensors.reduce((n, t) => n + t.size, 0);
  }

  /**
   * The program that sets every tensor to its starting value. Tensor i draws from stream i of the
   * seed, so the values do not depend on the device or on the order of evaluation.
   */
  initialise(seed: number): Graph {
    const g = new Graph("initialise");
    this.tensors.forEach((y, stream) => {
      const high = this.#bounds[stream];
      const n = y.size;
      if (high === 0) g.call(fill, { y }, { n, value: 0 });
      else g.call(uniform, { y }, { n, seed, stream, step: 0, low: -high, high });
    });
    return g;
  }
}
