import {
  batchNorm as apply,
  batchNormBlock,
  batchNormGrad,
  batchNormGradSums,
  batchNormMoments,
  batchNormStatistics,
} from "../kernels/batch_norm.ts";
import { copy } from "../kernels/copy.ts";
import { sumColumns } from "../kernels/sum_columns.ts";
import type { Graph } from "../plan/graph.ts";
import type { Tensor } from "../plan/tensor.ts";

/** What a batch normalisation learns and remembers, each [c]. */
export interface BatchNormTensors {
  readonly gamma: Tensor;
  readonly beta: Tensor;
  readonly runningMean: Tensor;
  readonly runningVariance: Tensor;
}

/** Settings of a batch normalisation. */
export interface BatchNormSettings {
  /** Share of the new batch in the running statistics, in [0, 1]; default .1. */
  readonly momentum?: number;
  /** Added to the variance, above 0; default 1e-5. */
  readonly epsilon?: number;
}

/**
 * Batch normalisation over the last dimension of x [m, c] or [n, h, w, c]:
 * `y = gamma (x - mean) / sqrt(variance + epsilon) + beta`. Images may also be numbers in a row,
 * [n, h w c]: gamma says what c is.
 *
 * In training mean and variance (biased) are those of the batch, gradients flow through them, and
 * the running ones move towards them by `momentum`, the variance towards the unbiased one. Else
 * the running ones are used, as constants. Defaults and conventions are PyTorch's.
 *
 * @throws RangeError if shapes or settings do not fit, or a batch to train on has one row only
 * @see Ioffe, Szegedy (2015), Batch normalization
 */
export function batchNorm(
  g: Graph,
  x: Tensor,
  tensors: BatchNormTensors,
  training: boolean,
  settings: BatchNormSettings = {},
): Tensor {
  const { momentum = 0.1, epsilon = 1e-5 } = settings;
  const { gamma, beta } = tensors;
  const { m, c } = check(x, tensors, training, momentum, epsilon);
  const [mean, variance] = training
    ? statistics(g, x, tensors, { m, c, block: batchNormBlock(m) }, momentum)
    : [tensors.runningMean, tensors.runningVariance];
  const y = g.temp(x.shape);
  g.call(apply, { x, gamma, beta, mean, variance, y }, { m, c, epsilon });
  g.onBackward(y, [x, gamma, beta], (dy) => {
    const block = batchNormBlock(m);
    const blocks = [Math.ceil(m / block), c];
    const [dgammas, dbetas] = [g.temp(blocks, "f32", "d"), g.temp(blocks, "f32", "d")];
    g.call(batchNormGradSums, { x, dy, mean, variance, dgammas, dbetas }, { m, c, block, epsilon });
    // Not in place: gradients of parameters share one storage, which a kernel that writes another
    // of them may not read.
    const dgamma = total(g, dgammas);
    const dbeta = total(g, dbetas);
    g.addGrad(gamma, (dx) => g.call(copy, { x: dgamma, y: dx }, { n: c }));
    g.addGrad(beta, (dx) => g.call(copy, { x: dbeta, y: dx }, { n: c }));
    g.addGrad(x, (dx) => {
      const share = training ? 1 / m : 0;
      const buffers = { x, dy, gamma, mean, variance, dgamma, dbeta, dx };
      g.call(batchNormGrad, buffers, { m, c, epsilon, share });
    });
  });
  return y;
}

/** Mean and biased variance of each column; the running ones follow. */
function statistics(
  g: Graph,
  x: Tensor,
  { runningMean, runningVariance }: BatchNormTensors,
  sizes: { readonly m: number; readonly c: number; readonly block: number },
  momentum: number,
): readonly [Tensor, Tensor] {
  const { m, c, block } = sizes;
  const blocks = [Math.ceil(m / block), c];
  const [means, squares] = [g.temp(blocks), g.temp(blocks)];
  g.call(batchNormMoments, { x, means, squares }, sizes);
  const [mean, variance] = [g.temp([c]), g.temp([c])];
  const running = { running_mean: runningMean, running_variance: runningVariance };
  g.call(batchNormStatistics, { means, squares, mean, variance, ...running }, {
    ...sizes,
    momentum,
  });
  return [mean, variance];
}

/** Sums of the columns of partial sums [blocks, c]. */
function total(g: Graph, x: Tensor): Tensor {
  const [m, n] = x.shape;
  if (m === 1) return x;
  const y = g.temp([n], "f32", "d");
  g.call(sumColumns, { x, y }, { m, n });
  return y;
}

function check(
  x: Tensor,
  tensors: BatchNormTensors,
  training: boolean,
  momentum: number,
  epsilon: number,
) {
  const c = tensors.gamma.size;
  const m = x.size / c;
  if (x.shape[x.shape.length - 1] % c !== 0) {
    throw new RangeError(
      `batchNorm: x must be rows of ${c} numbers, as gamma, got [${x.shape.join(", ")}]`,
    );
  }
  for (const [name, { shape, size }] of Object.entries<Tensor>({ ...tensors })) {
    if (size !== c) {
      throw new RangeError(`batchNorm: ${name} must be [${c}], got [${shape.join(", ")}]`);
    }
  }
  if (training && m < 2) {
    throw new RangeError(
      `batchNorm: a batch to train on must have two rows or more, got [${x.shape.join(", ")}]`,
    );
  }
  if (!(momentum >= 0 && momentum <= 1)) {
    throw new RangeError(`batchNorm: momentum must be in [0, 1], got ${momentum}`);
  }
  if (!(epsilon > 0)) throw new RangeError(`batchNorm: epsilon must be above 0, got ${epsilon}`);
  return { m, c };
}
