import { centreLoss as centreLossKernel, centreLossGrad } from "../kernels/centre_loss.ts";
import { centreUpdate } from "../kernels/centre_update.ts";
import { klDivergence, klDivergenceBlocks } from "../kernels/kl_divergence.ts";
import { nearest } from "../kernels/nearest.ts";
import {
  studentT as studentTKernel,
  studentTBlocks,
  studentTGrad,
  studentTGradMu,
  studentTGradZ,
} from "../kernels/student_t.ts";
import { sumColumns } from "../kernels/sum_columns.ts";
import { targetDistribution as targetKernel } from "../kernels/target_distribution.ts";
import type { Graph } from "../plan/graph.ts";
import type { Tensor } from "../plan/tensor.ts";
import { reduceSum } from "./reduce.ts";

/**
 * Soft assignment of DEC: `q_ij ~ (1 + ||z_i - mu_j||^2 / alpha)^(-(alpha + 1) / 2)`, rows summing
 * to 1; z [m, d], mu [k, d], q [m, k]. Gradients flow to z and mu; for the loss of DEC itself
 * {@link clusteringKl} has a more accurate way.
 *
 * @param alpha degrees of freedom, above 0; DEC takes 1
 * @throws RangeError if the shapes do not fit or alpha is not above 0
 * @see Xie, Girshick, Farhadi (2016), Unsupervised deep embedding for clustering analysis, eq. 1
 */
export function studentT(g: Graph, z: Tensor, mu: Tensor, alpha = 1): Tensor {
  const { m, k, dim } = sizesOf("studentT", z, mu);
  checkAlpha("studentT", alpha);
  const q = g.temp([m, k], "f32", "q");
  g.call(studentTKernel, { z, mu, q }, { m, k, dim, alpha });
  g.onBackward(q, [z, mu], (dq) => {
    const slope = g.temp([m, k], "f32", "slope");
    g.call(studentTGrad, { z, mu, q, goal: dq, slope }, {
      ...{ m, k, dim, alpha },
      of_q: 1,
      scale: -1,
    });
    gradients(g, z, mu, slope);
  });
  return q;
}

/** Options of {@link clusteringKl}. */
export interface ClusteringKlOptions {
  /** Degrees of freedom of the soft assignment, above 0 (default 1). */
  readonly alpha?: number;
  /** Factor of the loss (default 1). */
  readonly weight?: number;
}

/**
 * Clustering loss of DEC: `L = weight / m sum_i sum_j p_ij log(p_ij / q_ij)`, [1], with q the soft
 * assignment of z to mu; z [m, d], mu [k, d], p [m, k]. The mean over the rows of the batch, as
 * PyTorch's `kl_div` with "batchmean". Gradients flow to z and mu, not to p:
 * `dL/dz_i = weight / m (alpha + 1) sum_j (p_ij - q_ij) (z_i - mu_j) / (alpha + ||z_i - mu_j||^2)`
 * and the opposite, summed over i, to mu_j.
 *
 * @param p rows of {@link targetDistribution}; a row of zeros takes its sample out of the loss
 * @throws RangeError if the shapes do not fit or alpha is not above 0
 * @see Xie, Girshick, Farhadi (2016), eq. 2, 4 and 5
 */
export function clusteringKl(
  g: Graph,
  z: Tensor,
  mu: Tensor,
  p: Tensor,
  { alpha = 1, weight = 1 }: ClusteringKlOptions = {},
): Tensor {
  const { m, k, dim } = sizesOf("clusteringKl", z, mu);
  checkAlpha("clusteringKl", alpha);
  if (p.size !== m * k) throw new RangeError(`clusteringKl: p must be [${m}, ${k}], got ${p}`);
  const scale = weight / m;
  const q = g.temp([m, k], "f32", "q");
  g.call(studentTKernel, { z, mu, q }, { m, k, dim, alpha });
  const blocks = g.temp([klDivergenceBlocks(m * k)]);
  g.call(klDivergence, { goal: p, q, loss: blocks }, { n: m * k, scale });
  const loss = reduceSum(g, blocks);
  g.onLoss(loss, [z, mu], () => {
    const slope = g.temp([m, k], "f32", "slope");
    g.call(studentTGrad, { z, mu, q, goal: p, slope }, { m, k, dim, of_q: 0, alpha, scale });
    gradients(g, z, mu, slope);
  });
  return loss;
}

/** Records the gradients by z and mu of a function of their distances. */
function gradients(g: Graph, z: Tensor, mu: Tensor, slope: Tensor): void {
  const [m, dim] = z.shape;
  const k = mu.shape[0];
  g.addGrad(z, (dz) => g.call(studentTGradZ, { z, mu, slope, dz }, { m, k, dim }));
  g.addGrad(mu, (dmu) => {
    const blocks = studentTBlocks(m);
    const partial = blocks > 1 ? g.temp([blocks, k, dim], "f32", "d") : dmu;
    g.call(studentTGradMu, { z, mu, slope, partial }, { m, k, dim });
    if (blocks > 1) g.call(sumColumns, { x: partial, y: dmu }, { m: blocks, n: k * dim });
  });
}

/**
 * Target distribution of DEC: `p_ij = (q_ij^2 / f_j) / sum_l (q_il^2 / f_l)` with
 * `f_j = sum_i q_ij`; q and p are [n, k]. To be computed over the whole data set, not over a batch.
 * A cluster that nothing belongs to, `f_j = 0`, gets `p_ij = 0`.
 *
 * @param p receives the result; by default a temporary
 * @throws RangeError if the shapes differ
 * @see Xie, Girshick, Farhadi (2016), eq. 3
 */
export function targetDistribution(g: Graph, q: Tensor, p: Tensor = g.temp(q.shape)): Tensor {
  const [n, k] = q.shape;
  if (q.shape.length !== 2 || p.size !== q.size) {
    throw new RangeError(`targetDistribution: q and p must be one [n, k], got ${q} and ${p}`);
  }
  g.call(targetKernel, { q, f: columnSums(g, q), goal: p }, { m: n, k });
  return p;
}

/**
 * Sums of the columns of x [n, k]. Several rows side by side are one long row in memory: summed so
 * first, few columns keep many workers and invocations busy.
 */
function columnSums(g: Graph, x: Tensor): Tensor {
  const [n, k] = x.shape;
  const f = g.temp([k]);
  let side = Math.min(1024, Math.floor(Math.sqrt(n)));
  while (n % side !== 0) side--;
  if (side === 1) g.call(sumColumns, { x, y: f }, { m: n, n: k });
  else {
    const wide = g.temp([side, k]);
    g.call(sumColumns, { x, y: wide }, { m: n / side, n: side * k });
    g.call(sumColumns, { x: wide, y: f }, { m: side, n: k });
  }
  return f;
}

/**
 * K-Means loss in the latent space (DCN): `L = weight / m sum_i ||z_i - mu_label(i)||^2`, [1];
 * z [m, d], mu [k, d], label u32 [m]. The gradient flows to z only: the centres move by
 * {@link updateCentres}.
 *
 * @throws RangeError if the shapes do not fit
 * @see Yang, Fu, Sidiropoulos, Hong (2017), Towards K-means-friendly spaces
 */
export function centreLoss(g: Graph, z: Tensor, mu: Tensor, label: Tensor, weight = 1): Tensor {
  const sizes = sizesOf("centreLoss", z, mu);
  const { m } = sizes;
  checkRows("centreLoss", "label", label, m);
  const rows = g.temp([m]);
  g.call(centreLossKernel, { z, mu, label, loss: rows }, { ...sizes, scale: weight / m });
  const loss = reduceSum(g, rows);
  g.onLoss(loss, [z], () => {
    g.addGrad(z, (dz) => {
      g.call(centreLossGrad, { z, mu, label, dz }, { ...sizes, scale: 2 * weight / m });
    });
  });
  return loss;
}

/**
 * Nearest centre of each row and the squared distance to it: z [m, d], mu [k, d], label u32 [m],
 * distance [m]. Of equal distances the lowest centre is taken.
 * @throws RangeError if the shapes do not fit
 */
export function nearestCentre(
  g: Graph,
  z: Tensor,
  mu: Tensor,
): { label: Tensor; distance: Tensor } {
  const sizes = sizesOf("nearestCentre", z, mu);
  const label = g.temp([sizes.m], "u32", "label");
  const distance = g.temp([sizes.m], "f32", "distance");
  g.call(nearest, { z, mu, label, distance }, sizes);
  return { label, distance };
}

/**
 * Moves the centres of DCN by a batch: for each row in order, with j its label, `count_j` rises by
 * one and then `mu_j <- mu_j - (mu_j - z_i) / count_j`. z [m, d], label u32 [m]; count u32 [k] and
 * mu [k, d] are changed in place.
 *
 * @throws RangeError if the shapes do not fit
 * @see Yang, Fu, Sidiropoulos, Hong (2017), eq. 8
 */
export function updateCentres(
  g: Graph,
  z: Tensor,
  label: Tensor,
  count: Tensor,
  mu: Tensor,
): void {
  const sizes = sizesOf("updateCentres", z, mu);
  checkRows("updateCentres", "label", label, sizes.m);
  checkRows("updateCentres", "count", count, sizes.k);
  g.call(centreUpdate, { z, label, count, mu }, sizes);
}

function sizesOf(op: string, z: Tensor, mu: Tensor): { m: number; k: number; dim: number } {
  const [m, dim] = z.shape;
  const [k, width] = mu.shape;
  if (z.shape.length !== 2) throw new RangeError(`${op}: z must be [m, d], got ${z}`);
  if (mu.shape.length !== 2 || width !== dim) {
    throw new RangeError(`${op}: mu must be [k, ${dim}], got ${mu}`);
  }
  return { m, k, dim };
}

function checkRows(op: string, name: string, x: Tensor, m: number): void {
  if (x.size !== m) throw new RangeError(`${op}: ${name} must be [${m}], got ${x}`);
}

function checkAlpha(op: string, alpha: number): void {
  if (!(alpha > 0 && alpha < Infinity)) {
    throw new RangeError(`${op}: alpha must be above 0, got ${alpha}`);
  }
}
