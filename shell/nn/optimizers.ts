import { adam as adamKernel, adamCorrections } from "../kernels/adam.ts";
import { clip } from "../kernels/clip.ts";
import { sgd as sgdKernel } from "../kernels/sgd.ts";
import { add } from "../ops/elementwise.ts";
import { reduceSumSquares } from "../ops/reduce.ts";
import type { Graph } from "../plan/graph.ts";
import type { Scalars } from "../device/device.ts";
import type { Slab } from "../plan/tensor.ts";
import { Parameters } from "./parameters.ts";

/** Changes the parameters by their gradients. */
export interface Optimizer {
  /** Records the update of all parameters; to be called once, after `backward`. */
  record(g: Graph): void;
  /** The per-step values for step 1, 2, ... at a learning rate. */
  scalars(step: number, rate: number): Scalars;
  /** What it remembers between steps, for checkpoints. */
  readonly memory: readonly Slab[];
}

/** The parameters of a model, or of the parts of it that are trained. */
export type Trained = Parameters | readonly Parameters[];

/** Settings of {@link sgd}. */
export interface SgdOptions {
  /** 0 to below 1; default 0. */
  readonly momentum?: number;
  /** L2 penalty added to the gradient; default 0. */
  readonly decay?: number;
  /** Whether the gradient is that of the place ahead (default false). */
  readonly nesterov?: boolean;
  /** Largest global norm of the gradient; default none. */
  readonly clipNorm?: number;
}

/**
 * Stochastic gradient descent: `v = momentum v + g`, `w = w - rate v`, as PyTorch defines it.
 * @see Sutskever et al. 2013
 */
export function sgd(trained: Trained, options: SgdOptions = {}): Optimizer {
  const parts = partsOf(trained);
  const { momentum = 0, decay = 0, nesterov = false, clipNorm } = options;
  inRange("momentum", momentum, 0, 1);
  const velocities = parts.map(({ name, weights }) => weights.twin(`${name} velocity`));
  return {
    memory: velocities,
    record(g) {
      clipGradients(g, parts, clipNorm);
      const rate = g.scalar("rate");
      parts.forEach(({ weights, grads }, i) => {
        const [w, dw, v] = [weights, grads, velocities[i]].map((slab) => slab.whole());
        const params = { n: w.size, rate, momentum, decay, nesterov: nesterov ? 1 : 0 };
        g.call(sgdKernel, { w, dw, v }, params);
      });
    },
    scalars: (_, rate) => ({ rate }),
  };
}

/** Settings of {@link adam}. */
export interface AdamOptions {
  /** Decay of the first moment; default .9. */
  readonly beta1?: number;
  /** Decay of the second moment; default .999. */
  readonly beta2?: number;
  /** Added to the root of the second moment (default 1e-8). */
  readonly epsilon?: number;
  /** L2 penalty added to the gradient (Adam); default 0. */
  readonly l2?: number;
  /** Decoupled weight decay (AdamW); default 0. */
  readonly decay?: number;
  /** Largest global norm of the gradient; default none. */
  readonly clipNorm?: number;
}

/**
 * Adam: `m = b1 m + (1 - b1) g`, `v = b2 v + (1 - b2) g^2`,
 * `w = w - rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)`; with `decay`, AdamW.
 * @see Kingma & Ba 2015, algorithm 1; Loshchilov & Hutter 2019, algorithm 2
 */
export function adam(trained: Trained, options: AdamOptions = {}): Optimizer {
  const parts = partsOf(trained);
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, l2 = 0, decay = 0, clipNorm } = options;
  inRange("beta1", beta1, 0, 1);
  inRange("beta2", beta2, 0, 1);
  const firsts = parts.map(({ name, weights }) => weights.twin(`${name} first_moment`));
  const seconds = parts.map(({ name, weights }) => weights.twin(`${name} second_moment`));
  return {
    memory: [...firsts, ...seconds],
    record(g) {
      clipGradients(g, parts, clipNorm);
      const [rate, correction1, correction2] = ["rate", "correction1", "correction2"]
        .map((name) => g.scalar(name));
      const shared = { rate, beta1, beta2, epsilon, l2, decay, correction1, correction2 };
      parts.forEach(({ weights, grads }, i) => {
        const slabs = [weights, grads, firsts[i], seconds[i]];
        const [w, dw, m, v] = slabs.map((slab) => slab.whole());
        g.call(adamKernel, { w, dw, m, v }, { n: w.size, ...shared });
      });
    },
    scalars: (step, rate) => ({ rate, ...adamCorrections(beta1, beta2, step) }),
  };
}

/** Adam with decoupled weight decay, .01 by default. */
export function adamw(trained: Trained, options: AdamOptions = {}): Optimizer {
  return adam(trained, { decay: 0.01, ...options });
}

/** Scales all gradients so that their common Euclidean norm is at most `limit`. */
function clipGradients(g: Graph, parts: readonly Parameters[], limit?: number): void {
  if (limit === undefined) return;
  if (!(limit > 0)) throw new RangeError(`clipNorm must be above 0, got ${limit}`);
  const slabs = parts.map(({ grads }) => grads.whole());
  const norm_sq = slabs.map((dw) => reduceSumSquares(g, dw)).reduce((a, b) => add(g, a, b));
  for (const dw of slabs) g.call(clip, { norm_sq, dw }, { n: dw.size, limit });
}

function partsOf(trained: Trained): readonly Parameters[] {
  return trained instanceof Parameters ? [trained] : trained;
}

function inRange(name: string, value: number, low: number, high: number): void {
  if (value >= low && value < high) return;
  throw new RangeError(`${name} must be at least ${low} and below ${high}, got ${value}`);
}
