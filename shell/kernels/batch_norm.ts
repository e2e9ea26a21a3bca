/**
 * Batch normalisation over the columns of x [m, c]; images [n, h, w, c] are n h w rows. Moments are
 * taken in blocks of rows, as deviations from each block's own mean, and the blocks are then put
 * together: no difference of large sums, and the same bits for any number of workers.
 */

import { kernel, linear, reads, updates, writes } from "./kernel.ts";
import wgsl from "../../shaders/batch_norm.wgsl" with { type: "text" };
import gradWgsl from "../../shaders/batch_norm_grad.wgsl" with { type: "text" };
import gradSumsWgsl from "../../shaders/batch_norm_grad_sums.wgsl" with { type: "text" };
import momentsWgsl from "../../shaders/batch_norm_moments.wgsl" with { type: "text" };
import statisticsWgsl from "../../shaders/batch_norm_statistics.wgsl" with { type: "text" };

/** Invocations of a workgroup. */
const GROUP = 64;

/** Elements of a WASM item where rows are independent; see `engine/batch_norm.ts`. */
const TILE = 4096;

/** Elements read that make a claim worth while. */
const CLAIM = 16_384;

/** Rows of a block for m rows: about as many rows in a block as there are blocks, 32 or more. */
export function batchNormBlock(m: number): number {
  return Math.max(32, 2 ** Math.ceil(Math.log2(m) / 2));
}

interface Blocks {
  readonly m: number;
  readonly c: number;
  readonly block: number;
}

/** Launch over blocks: an invocation per block and column, a WASM item per block. */
const overBlocks = {
  grid: ({ m, c, block }: Blocks) => linear(Math.ceil(Math.ceil(m / block) * c / GROUP)),
  items: ({ m, block }: Blocks) => Math.ceil(m / block),
  grain: ({ c, block }: Blocks) => Math.ceil(CLAIM / (c * block)),
};

interface Rows {
  readonly m: number;
  readonly c: number;
}

/** Launch over elements: an invocation per element, a WASM item per 4,096 elements or row. */
const overRows = {
  grid: ({ m, c }: Rows) => linear(Math.ceil(m * c / GROUP)),
  items: ({ m, c }: Rows) => Math.ceil(m / Math.max(1, Math.floor(TILE / c))),
  grain: () => 4,
};

/**
 * Per block b of `block` rows and column j: `means[b, j]`, the mean of x over the block, and
 * `squares[b, j]`, the sum of `(x - means[b, j])^2` over it. x is [m, c], the others are
 * [ceil(m / block), c]; the last block may be shorter.
 */
export const batchNormMoments = kernel({
  name: "batch_norm_moments",
  buffers: { x: reads("f32"), means: writes("f32"), squares: writes("f32") },
  params: { m: "u32", c: "u32", block: "u32" },
  wgsl: momentsWgsl,
  ...overBlocks,
  flops: ({ m, c }) => 5 * m * c,
  bytes: ({ m, c }) => 4 * m * c,
});

/**
 * The moments of blocks put together: `mean[j]` over all m rows and `variance[j]`, the mean of
 * `(x - mean)^2`. Then `running_mean += momentum (mean - running_mean)` and the same for
 * `running_variance` with the unbiased variance, that of m - 1 degrees of freedom; m > 1.
 * @see Chan, Golub, LeVeque (1983), Algorithms for computing the sample variance
 */
export const batchNormStatistics = kernel({
  name: "batch_norm_statistics",
  buffers: {
    means: reads("f32"),
    squares: reads("f32"),
    mean: writes("f32"),
    variance: writes("f32"),
    running_mean: updates("f32"),
    running_variance: updates("f32"),
  },
  params: { m: "u32", c: "u32", block: "u32", momentum: "f32" },
  wgsl: statisticsWgsl,
  grid: ({ c }) => linear(Math.ceil(c / GROUP)),
  items: ({ c }) => Math.ceil(c / 4),
  grain: ({ m, block }) => Math.ceil(CLAIM / (8 * Math.ceil(m / block))),
  flops: ({ m, c, block }) => 6 * c * Math.ceil(m / block),
  bytes: ({ m, c, block }) => 8 * c * Math.ceil(m / block),
});

/**
 * `y[i, j] = gamma[j] (x[i, j] - mean[j]) / sqrt(variance[j] + epsilon) + beta[j]`: x and y are
 * [m, c], the others [c].
 * @see Ioffe, Szegedy (2015), Batch normalization, algorithm 1
 */
export const batchNorm = kernel({
  name: "batch_norm",
  buffers: {
    x: reads("f32"),
    gamma: reads("f32"),
    beta: reads("f32"),
    mean: reads("f32"),
    variance: reads("f32"),
    y: writes("f32"),
  },
  params: { m: "u32", c: "u32", epsilon: "f32" },
  wgsl,
  ...overRows,
  flops: ({ m, c }) => 3 * m * c,
  bytes: ({ m, c }) => 8 * m * c,
});

/**
 * Per block of rows and column, with `z = (x - mean) / sqrt(variance + epsilon)`: `dgammas[b, j]`,
 * the sum of `dy z`, and `dbetas[b, j]`, the sum of dy. Their sums over b are the gradients of
 * gamma and beta. x and dy are [m, c], dgammas and dbetas [ceil(m / block), c].
 */
export const batchNormGradSums = kernel({
  name: "batch_norm_grad_sums",
  buffers: {
    x: reads("f32"),
    dy: reads("f32"),
    mean: reads("f32"),
    variance: reads("f32"),
    dgammas: writes("f32"),
    dbetas: writes("f32"),
  },
  params: { m: "u32", c: "u32", block: "u32", epsilon: "f32" },
  wgsl: gradSumsWgsl,
  ...overBlocks,
  flops: ({ m, c }) => 4 * m * c,
  bytes: ({ m, c }) => 8 * m * c,
});

/**
 * `dx[i, j] = gamma[j] / s (dy[i, j] - share (dbeta[j] + dgamma[j] (x[i, j] - mean[j]) / s))` with
 * `s = sqrt(variance[j] + epsilon)`. `share` is 1 / m where mean and variance are those of x
 * itself, and 0 where they are constants; dgamma and dbeta take no part then.
 */
export const batchNormGrad = kernel({
  name: "batch_norm_grad",
  buffers: {
    x: reads("f32"),
    dy: reads("f32"),
    gamma: reads("f32"),
    mean: reads("f32"),
    variance: reads("f32"),
    dgamma: reads("f32"),
    dbeta: reads("f32"),
    dx: writes("f32"),
  },
  params: { m: "u32", c: "u32", epsilon: "f32", share: "f32" },
  wgsl: gradWgsl,
  ...overRows,
  flops: ({ m, c }) => 5 * m * c,
  bytes: ({ m, c }) => 12 * m * c,
});
