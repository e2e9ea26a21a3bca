import { kernel, linear, reads, updates } from "./kernel.ts";
import wgsl from "../../shaders/silhouette.wgsl" with { type: "text" };

/** Queries of a WASM item; `first` must be a multiple of it. */
export const SILHOUETTE_ITEM = 48;

/**
 * Silhouette values `s_i = (b_i - a_i) / max(a_i, b_i)` of some of the points, the queries: a_i is the
 * mean distance to the other points of the own cluster, b_i the smallest of the mean distances to the
 * points of another one. 0 for the only point of a cluster, and where both are 0.
 *
 * points are n rows cluster by cluster, in panels (`pack_panels`, [ceil(n / 8), dim, 8]), of which
 * cluster c holds `start[c]` to `start[c + 1] - 1` (at least one; start is [k + 1]). queries are m
 * rows, in panels too, each of them one of the points, of cluster `label[i]`. Writes s, [m], for
 * the `count` queries from `first` on; first is a multiple of 48.
 *
 * @see Rousseeuw (1987), Silhouettes: a graphical aid to the interpretation and validation of
 * cluster analysis
 */
export const silhouetteValues = kernel({
  name: "silhouette",
  buffers: {
    points: reads("f32"),
    queries: reads("f32"),
    label: reads("u32"),
    start: reads("u32"),
    s: updates("f32"),
  },
  params: { m: "u32", dim: "u32", k: "u32", first: "u32", count: "u32" },
  wgsl,
  grid: ({ count }) => linear(Math.ceil(count / 64)),
  items: ({ count }) => Math.ceil(count / SILHOUETTE_ITEM),
  scratch: ({ count }) => 768 * Math.ceil(count / SILHOUETTE_ITEM),
});
