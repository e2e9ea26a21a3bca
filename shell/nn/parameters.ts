import { uniform } from "../kernels/uniform.ts";
import { fill } from "../kernels/fill.ts";
import { Graph } from "../plan/graph.ts";
import { Slab, type Tensor } from "../plan/tensor.ts";

/** Bounds of the uniform distributions that a dense layer starts from; 0 gives zeros. */
export interface Initialiser {
  weight(fanIn: number, fanOut: number): number;
  bias(fanIn: number, fanOut: number): number;
}

const zero = () => 0;

/** Initialisers by name. */
export const INITIALISERS = {
  /** Variance 1 / (3 fan-in), PyTorch's default for dense layers, biases too. */
  fanIn: { weight: (fanIn) => 1 / Math.sqrt(fanIn), bias: (fanIn) => 1 / Math.sqrt(fanIn) },
  /** Variance 2 / fan-in, for relu (He et al. 2015). */
  he: { weight: (fanIn) => Math.sqrt(6 / fanIn), bias: zero },
  /** Variance 2 / (fan-in + fan-out) (Glorot & Bengio 2010). */
  glorot: { weight: (fanIn, fanOut) => Math.sqrt(6 / (fanIn + fanOut)), bias: zero },
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
