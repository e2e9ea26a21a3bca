import { kernel, linear, reads, updates } from "./kernel.ts";
import wgsl from "../../shaders/silhouette.wgsl" with { type: "text" };

/** Points of a WASM item; `first` must be a multiple of it. */
export const SILHOUETTE_ITEM = 48;

const panels = (n: number) => Math.ceil(n / 8);

/**
 * Silhouette values `s_i = (b_i - a_i) / max(a_i, b_i)`: a_i is the mean distance to the other
 * points of the own cluster, b_i the smallest of the mean distances to the points of another one.
 * 0 for the only point of a cluster, and where both are 0.
 *
 * x is [n, dim]. Points are numbered cluster by cluster: the p-th is `order[p]`, of cluster
 * `label[p]`, and cluster c holds `start[c]` to `start[c + 1] - 1` (at least one; start is [k + 1]).
 * Writes `s[order[p]]` for the `count` values of p from `first` on; first is a multiple of 48.
 *
 * @see Rousseeuw (1987), Silhouettes: a graphical aid to the interpretation and validation of
 * cluster analysis
 */
export const silhouetteValues = kernel({
  name: "silhouette",
  buffers: {
    x: reads("f32"),
    order: reads("u32"),
    label: reads("u32"),
    start: reads("u32"),
    s: updates("f32"),
  },
  params: { n: "u32", dim: "u32", k: "u32", first: "u32", count: "u32" },
  wgsl,
  grid: ({ count }) => linear(Math.ceil(count / 64)),
  stages: [{ name: "silhouette_pack", items: ({ n }) => panels(n), grain: () => 64 }],
  items: ({ count }) => Math.ceil(count / SILHOUETTE_ITEM),
  scratch: ({ n, dim, count }) =>
    128 * panels(n) * Math.ceil(dim / 4) + 768 * Math.ceil(count / SILHOUETTE_ITEM),
  flops: ({ n, dim, count }) => n * count * (3 * dim + 2),
  bytes: ({ n, dim }) => 4 * n * (dim + 3),
});
