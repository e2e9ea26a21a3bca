import { contrastive, contrastiveGrad } from "../kernels/contrastive.ts";
import { mineTriplets as mineKernel, MINING, type Mining } from "../kernels/mine_triplets.ts";
import { squaredDistances } from "../kernels/squared_distances.ts";
import { triplet, tripletGrad } from "../kernels/triplet.ts";
import type { Graph } from "../plan/graph.ts";
import type { Tensor } from "../plan/tensor.ts";
import type { Draw } from "./elementwise.ts";
import { gatherRows } from "./gather.ts";
import { reduceSum } from "./reduce.ts";

/** Options of {@link contrastiveLoss}. */
export interface ContrastiveOptions {
  /** Distance from which dissimilar pairs are left in peace, above 0 (default 1). */
  readonly margin?: number;
  /** Factor of the loss (default 1). */
  readonly weight?: number;
}

/**
 * Contrastive loss, mean over the pairs, [1]:
 * `L = weight / (2 m) sum_i (same_i ? D_i^2 : max(0, margin - D_i)^2)`, with
 * `D_i = ||za_i - zb_i||`; za and zb are [m, d]. Gradients flow to both; a dissimilar pair at one
 * place, where the loss has a peak, gets none.
 *
 * For pairs within one batch z, pass `gatherRows(g, z, left, m, 0)` and the same of `right`, with
 * left and right u32 [m] row numbers: gradients flow through the gather.
 *
 * @param same u32 [m]: 0 for a dissimilar pair, else similar
 * @throws RangeError if the shapes do not fit or the margin is not above 0
 * @see Hadsell, Chopra, LeCun (2006), Dimensionality reduction by learning an invariant mapping
 */
export function contrastiveLoss(
  g: Graph,
  za: Tensor,
  zb: Tensor,
  same: Tensor,
  { margin = 1, weight = 1 }: ContrastiveOptions = {},
): Tensor {
  const { m, dim } = sizesOf("contrastiveLoss", { za, zb });
  if (same.size !== m) throw new RangeError(`contrastiveLoss: same must be [${m}], got ${same}`);
  if (!(margin > 0)) {
    throw new RangeError(`contrastiveLoss: margin must be above 0, got ${margin}`);
  }
  const rows = g.temp([m]);
  const slope = g.temp([m], "f32", "slope");
  const scale = weight / m;
  g.call(contrastive, { za, zb, same, loss: rows, slope }, { m, dim, margin, scale });
  const loss = reduceSum(g, rows);
  g.onLoss(loss, [za, zb], () => {
    g.addGrad(za, (dza) => g.call(contrastiveGrad, { za, zb, slope, dza }, { m, dim }));
    g.addGrad(zb, (dza) => g.call(contrastiveGrad, { za: zb, zb: za, slope, dza }, { m, dim }));
  });
  return loss;
}

/** Options of {@link tripletLoss}. */
export interface TripletOptions {
  /** How much farther than the positive the negative shall be, at least 0 (default 1). */
  readonly margin?: number;
  /** Whether distances are squared, as in FaceNet (default false, as in PyTorch). */
  readonly squared?: boolean;
  /** Factor of the loss (default 1). */
  readonly weight?: number;
}

/**
 * Triplet loss, mean over the triplets, [1]:
 * `L = weight / m sum_i max(0, D(za_i, zp_i) - D(za_i, zn_i) + margin)`, with anchors za, positives
 * zp and negatives zn, all [m, d], and D the Euclidean distance or its square. Gradients flow to
 * all three; a distance of 0 contributes none.
 *
 * @throws RangeError if the shapes do not fit, a tensor is given twice, or the margin is negative
 * @see Schroff, Kalenichenko, Philbin (2015), FaceNet
 */
export function tripletLoss(
  g: Graph,
  za: Tensor,
  zp: Tensor,
  zn: Tensor,
  options: TripletOptions = {},
): Tensor {
  return masked(g, "tripletLoss", [za, zp, zn], null, options);
}

/** A triplet loss of which triplets that are not valid are left out; null takes all. */
function masked(
  g: Graph,
  op: string,
  [za, zp, zn]: readonly [Tensor, Tensor, Tensor],
  valid: Tensor | null,
  { margin = 1, squared = false, weight = 1 }: TripletOptions,
): Tensor {
  const { m, dim } = sizesOf(op, { za, zp, zn });
  if (new Set([za, zp, zn]).size < 3) {
    throw new RangeError(`${op}: anchors, positives and negatives must be three tensors`);
  }
  if (!(margin >= 0)) throw new RangeError(`${op}: margin must be at least 0, got ${margin}`);
  const rows = g.temp([m]);
  const slope = g.temp([m, 2], "f32", "slope");
  // A kernel's argument list is fixed: without a mask, one that nobody wrote stands in, unread.
  const mask = valid ?? g.temp([m], "u32");
  g.call(triplet, { za, zp, zn, valid: mask, loss: rows, slope }, {
    ...{ m, dim, margin },
    squared: squared ? 1 : 0,
    masked: valid ? 1 : 0,
    scale: weight / m,
  });
  const loss = reduceSum(g, rows);
  g.onLoss(loss, [za, zp, zn], () => {
    g.addGrads([za, zp, zn], ([dza, dzp, dzn]) => {
      g.call(tripletGrad, { za, zp, zn, slope, dza, dzp, dzn }, { m, dim });
    });
  });
  return loss;
}

/** Row numbers of a positive and a negative for each anchor of a batch, all u32 [m]. */
export interface Triplets {
  readonly positive: Tensor;
  readonly negative: Tensor;
  /** 0 for an anchor that lacks one of them: it has itself as both. */
  readonly valid: Tensor;
}

/**
 * Chooses a positive (same label) and a negative (another label) for each row of z [m, d] by the
 * squared distances within the batch:
 *
 * - random: both drawn uniformly;
 * - hard: the farthest positive and the nearest negative;
 * - semi_hard: a random positive and the nearest negative that is farther than it, or, where none
 *   is, the farthest negative.
 *
 * @param labels u32 [m]
 * @param draw which random numbers; see {@link Draw}. Not read by `hard`
 * @throws RangeError if the shapes do not fit
 * @see Schroff, Kalenichenko, Philbin (2015), FaceNet, section 3.2
 */
export function mineTriplets(
  g: Graph,
  z: Tensor,
  labels: Tensor,
  mining: Mining,
  draw: Draw = { seed: 0, stream: 0, step: 0 },
): Triplets {
  const { m, dim } = sizesOf("mineTriplets", { z });
  if (labels.size !== m) {
    throw new RangeError(`mineTriplets: labels must be [${m}], got ${labels}`);
  }
  const d = g.temp([m, m]);
  g.call(squaredDistances, { x: z, c: z, d }, { n: m, dim, k: m });
  const [positive, negative, valid] = ["positive", "negative", "valid"]
    .map((name) => g.temp([m], "u32", name));
  const { seed, stream, step } = draw;
  g.call(mineKernel, { d, label: labels, positive, negative, valid }, {
    ...{ m, seed, stream, step },
    mining: MINING[mining],
  });
  return { positive, negative, valid };
}

/** Options of {@link tripletLossMined}; {@link Draw} matters unless mining is `hard`. */
export interface MinedOptions extends TripletOptions, Partial<Draw> {
  /** How triplets are chosen (default semi_hard); see {@link mineTriplets}. */
  readonly mining?: Mining;
}

/**
 * Triplet loss of the triplets that {@link mineTriplets} finds in a batch: every row of z [m, d] is
 * an anchor once. Anchors without a positive or a negative in the batch have loss 0; the mean is
 * over all m. The choice counts as constant: gradients flow to z as anchor, positive and negative.
 *
 * @param labels u32 [m]
 * @throws RangeError if the shapes do not fit or the margin is negative
 */
export function tripletLossMined(
  g: Graph,
  z: Tensor,
  labels: Tensor,
  { mining = "semi_hard", seed = 0, stream = 0, step = 0, ...options }: MinedOptions = {},
): Tensor {
  const { m } = sizesOf("tripletLossMined", { z });
  const { positive, negative, valid } = mineTriplets(g, z, labels, mining, { seed, stream, step });
  const zp = gatherRows(g, z, positive, m, 0);
  const zn = gatherRows(g, z, negative, m, 0);
  return masked(g, "tripletLossMined", [z, zp, zn], valid, options);
}

/** Checks that all are [m, d] of one size. */
function sizesOf(op: string, tensors: Readonly<Record<string, Tensor>>): {
  m: number;
  dim: number;
} {
  const [first] = Object.values(tensors);
  const [m, dim] = first.shape;
  for (const [name, t] of Object.entries(tensors)) {
    if (t.shape.length === 2 && t.shape[0] === first.shape[0] && t.shape[1] === first.shape[1]) {
      continue;
    }
    const want = first.shape.length === 2 && t !== first ? `[${m}, ${dim}]` : "[m, d]";
    throw new RangeError(`${op}: ${name} must be ${want}, got ${t}`);
  }
  return { m, dim };
}
