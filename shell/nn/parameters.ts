import { uniform } from "../kernels/uniform.ts";
import { fill } from "../kernels/fill.ts";
import { Graph } from "../plan/graph.ts";
import { Slab, type Tensor } from "../plan/tensor.ts";

/** Bounds of the uniform distributions that a dense layer starts from; 0 gives zeros. */
export interface Initialiser {
  /** Bound of the uniform distribution of weights. */
  weight(fanIn: number, fanOut: number): number;
  /** Bound of that of biases; 0 for zeros. */
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

/** Where a tensor starts: uniform in `centre - bound` to `centre + bound`. */
interface Start {
  readonly bound: number;
  readonly centre: number;
}

/**
 * The tensors of a model: one slab of weights, one of their gradients, and one of buffers, which
 * belong to the model and its files, but which no optimizer sees.
 */
export class Parameters {
  /** Gradients of all weights, side by side. */
  readonly grads: Slab;
  /** All weights, side by side. */
  readonly weights: Slab;
  readonly #buffers: Slab;
  readonly #starts: Start[] = [];
  readonly #values: number[] = [];

  /**
   * Makes a part without weights: layers add theirs.
   *
   * @param name of this part of a model: "encoder"
   * @param stream random stream of the first tensor; parts of one model must not share streams
   */
  constructor(readonly name = "model", readonly stream = 0) {
    this.grads = new Slab(`${name} gradients`);
    this.weights = new Slab(`${name} weights`, this.grads);
    this.#buffers = new Slab(`${name} buffers`);
  }

  /** Adds a trainable tensor that starts in U(centre - bound, centre + bound). */
  add(name: string, shape: readonly number[], bound: number, centre = 0): Tensor {
    this.#starts.push({ bound, centre });
    return this.weights.add(name, shape);
  }

  /** Adds a tensor that is not trained, such as running statistics; it starts as `value`. */
  addBuffer(name: string, shape: readonly number[], value: number): Tensor {
    this.#values.push(value);
    return this.#buffers.add(name, shape);
  }

  /** Every trainable tensor, in the order in which it was added. */
  get tensors(): readonly Tensor[] {
    return this.weights.views;
  }

  /** Every tensor that is not trained, in the order in which it was added. */
  get buffers(): readonly Tensor[] {
    return this.#buffers.views;
  }

  /** All that a checkpoint must hold, by name: the weights in one piece, the buffers. */
  get state(): Readonly<Record<string, Tensor>> {
    const slabs = [this.weights, this.#buffers].filter((slab) => slab.views.length > 0);
    return Object.fromEntries(slabs.map((slab) => [slab.name, slab.whole()]));
  }

  /** Number of trainable numbers. */
  get count(): number {
    return this.tensors.reduce((n, t) => n + t.size, 0);
  }

  /**
   * The program that sets every tensor to its starting value. Trainable tensor i draws from stream
   * i of the seed, so the values do not depend on the device or on the order of evaluation.
   */
  initialise(seed: number): Graph {
    const g = new Graph("initialise");
    this.tensors.forEach((y, i) => {
      const { bound, centre } = this.#starts[i];
      const n = y.size, stream = this.stream + i;
      const range = { low: centre - bound, high: centre + bound };
      if (bound === 0) g.call(fill, { y }, { n, value: centre });
      else g.call(uniform, { y }, { n, seed, stream, step: 0, ...range });
    });
    this.buffers.forEach((y, i) => g.call(fill, { y }, { n: y.size, value: this.#values[i] }));
    return g;
  }
}
