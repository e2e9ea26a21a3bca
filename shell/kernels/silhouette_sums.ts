import { kernel, linear, reads, updates } from "./kernel.ts";
import wgsl from "../../shaders/silhouette_sums.wgsl" with { type: "text" };

/** Points of a segment, at most; strips are multiples of it. */
export const SEGMENT = 512;

/** Rows of a WASM item of the last part. */
const ROWS = 32;

/** Bytes of a WASM item beside its sums: a tile, and the sums of four columns. */
const TILE_BYTES = 256;

/**
 * Sums of the Euclidean distances of each point to the points of each cluster, a strip of pairs at a
 * time.
 *
 * y is n points cluster by cluster, in panels (`pack_panels`, [ceil(n / 8), dim, 8]). Segment s is
 * points `begin[s]` to `begin[s + 1] - 1`, all of `cluster[s]`; begin (u32) is [segments + 1], cluster
 * (u32) [segments]. Segments are cut at the multiples of 512. The strip is the `count` points from
 * `begin[segment]` on, or those that there are; both are multiples of 512. With P the points of the
 * strip and Q those from it on, total, [k, 8 ceil(n / 8)], gets
 *
 *     total[c, p] += sum of ||y_p - y_q|| over q in Q of cluster c,   p in P
 *     total[c, p] += sum of ||y_p - y_q|| over q in P of cluster c,   p in Q without P
 *
 * so that a distance that is computed once serves both its points, and after all strips every point
 * has its sums over all points.
 */
export const silhouetteSums = kernel({
  name: "silhouette_sums",
  buffers: {
    y: reads("f32"),
    begin: reads("u32"),
    cluster: reads("u32"),
    total: updates("f32"),
  },
  params: { n: "u32", dim: "u32", segments: "u32", count: "u32", segment: "u32" },
  wgsl,
  grid: ({ n }) => linear(Math.ceil(n / 64)),
  stages: [{ name: "silhouette_sums_tiles", items: ({ segments }) => segments }],
  items: ({ count }) => Math.ceil(count / ROWS),
  scratch: ({ segments, count }) => segments * (4 * count + TILE_BYTES),
  flops: ({ n, dim, count }) => n * count * (3 * dim + 2),
  bytes: ({ n, dim }) => 4 * n * dim,
});
