import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/umap_epoch.wgsl" with { type: "text" };

/** Points that make a claim worth while, about 10 us. */
const GRAIN = 48;

/**
 * One epoch of UMAP's layout: every point moves by the pull of its edges that are due and by the
 * push of points drawn at random, all read where they were before the epoch:
 *
 *     c_e   = 2 pull a b d^(2 (b - 1)) / (1 + a d^(2 b))              d = ||y_i - z_j||, e = (i, j)
 *     f_t   = clip(2 gamma b / ((0.001 + d^2) (1 + a d^(2 b))) (y_i - z_k), -4, 4)     k drawn
 *     y'_i  = y_i + alpha (sum_e c_e (z_j - y_i) + sum_t f_t) / (1 + damping alpha sum_e c_e)
 *
 * y and moved are [m, dim]; z is [n, dim], the same tensor as y if the points move among
 * themselves. start is [m + 1], the first edge of each point; edge and rate are [edges].
 *
 * Edge e is due in `rate_e` of 2^32 epochs, evenly spaced: where `rate_e epoch + e 0x9e3779b9`, mod
 * 2^32, is below rate_e. For each due edge `negatives` points are drawn: the t-th of point i is
 * `floor(n w / 2^32)`, `w = mix(mix(i ^ key) + t 0x9e3779b9)`, mix the integer hash "lowbias32".
 * All that is integer arithmetic, so every device draws the same points.
 *
 * @see McInnes, Healy, Melville (2018), UMAP, algorithm 5 and section 4.2
 */
export const umapEpoch = kernel({
  name: "umap_epoch",
  buffers: {
    y: reads("f32"),
    z: reads("f32"),
    start: reads("u32"),
    edge: reads("u32"),
    rate: reads("u32"),
    moved: writes("f32"),
  },
  params: {
    m: "u32",
    n: "u32",
    dim: "u32",
    edges: "u32",
    negatives: "u32",
    epoch: "u32",
    key: "u32",
    a: "f32",
    b: "f32",
    gamma: "f32",
    pull: "f32",
    damping: "f32",
    alpha: "f32",
  },
  wgsl,
  grid: ({ m }) => linear(Math.ceil(m / 64)),
  items: ({ m }) => m,
  grain: () => GRAIN,
  // The due edges of each point, and room to fill up its last group of four.
  scratch: ({ m, edges }) => 4 * (edges + 4 * m),
  flops: ({ edges, dim, negatives }) => edges * (negatives + 1) * (2 * dim + 40) / 4,
  bytes: ({ m, dim, edges }) => 8 * (m * dim + edges),
});
