import { adam as adamKernel, adamCorrections } from "../kernels/adam.ts";
import { clip } from "../kernels/clip.ts";
import { sgd as sgdKernel } from "../kernels/sgd.ts";
import { reduceSumSquares } from "../ops/reduce.ts";
import type { Graph } from "../plan/graph.ts";
import type { Scalars } from "../device/device.ts";
import type { Slab } from "../plan/tensor.ts";
import type { Parameters } from "./parameters.ts";

/** Changes the parameters by their gradients. */
export interface Optimizer {
  /** Records the update of all parameters; to be called once, after `backward`. */
  record(g: Graph): void;
  /** The per-step values for step 1, 2, ... at a learning rate. */
  scalars(step: number, rate: number): Scalars;
  /** What it remembers between steps, for checkpoints. */
  readonly memory: readonly Slab[];
}

/** Settings of {@link sgd}. */
export interface SgdOptions {
  /** 0 to below 1; default 0. */
  readonly momentum?: number;
  /** L2 penalty added to the gradient; default 0. */
  readonly decay?: number;
  readonly nesterov?: boolean;
  /** Largest global norm of the gradient; default none. */
  readonly clipNorm?: number;
}

/**
 * Stochastic gradient descent: `v = momentum v + g`, `w = w - rate v`, as PyTorch defines it.
 * @see Sutskever et al. 2013
 */
export function sgd(parameters: Parameters, options: SgdOptions = {}): Optimizer {
  const { momentum = 0, decay = 0, nesterov = false, clipNorm } = options;
  inRange("momentum", momentum, 0, 1);
  const v = parameters.weights.twin("velocity");
  return {
    memory: [v],
    record(g) {
      const [w, dw] = [parameters.weights.whole(), parameters.grads.whole()];
      clipGradients(g, parameters, clipNorm);
      const n = w.size;
      const rate = g.scalar("rate");
      const params = { n, rate, momentum, decay, nesterov: nesterov ? 1 : 0 };
      g.call(sgdKernel, { w, dw, v: v.whole() }, params);
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
export function adam(parameters: Parameters, options: AdamOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, l2 = 0, decay = 0, clipNorm } = options;
  inRange("beta1", beta1, 0, 1);
  inRange("beta2", beta2, 0, 1);
  const m = parameters.weights.twin("first_moment");
  const v = parameters.weights.twin("second_moment");
  return {
    memory: [m, v],
    record(g) {
      const [w, dw] = [parameters.weights.whole(), parameters.grads.whole()];
      clipGradients(g, parameters, clipNorm);
      const [rate, correction1, correction2] = ["rate", "correction1", "correction2"]
        .map((name) => g.scalar(name));
      const params = {
        n: w.size,
        rate,
        beta1,
        beta2,
        epsilon,
        l2,
        decay,
        correction1,
        correction2,
      };
      g.call(adamKernel, { w, dw, m: m.whole(), v: v.whole() }, params);
    },
    scalars: (step, rate) => ({ rate, ...adamCorrections(beta1, beta2, step) }),
  };
}

/** Adam with decoupled weight decay, .01 by default. */
export function adamw(parameters: Parameters, options: AdamOptions = {}): Optimizer {
  return adam(parameters, { decay: 0.01, ...options });
}

/** Scales all gradients so that their common Euclidean norm is at most `limit`. */
function clipGradients(g: Graph, parameters: Parameters, limit?: number): void {
  if (limit === undefined) return;
  if (!(limit > 0)) throw new RangeError(`clipNorm must be above 0, got ${limit}`);
  const dw = parameters.grads.whole();
  g.call(clip, { norm_sq: reduceSumSquares(g, dw), dw }, { n: dw.size, limit });
}

function inRange(name: string, value: number, low: number, high: number): void {
  if (value >= low && value < high) return;
  throw new RangeError(`${name} must be at least ${low} and below ${high}, got ${value}`);
}
