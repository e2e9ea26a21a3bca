import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/cluster_moments.wgsl" with { type: "text" };

/** Numbers that make a claim worth while, about 5 us. */
const CLAIM = 16_384;

/**
 * Sums over segments of the points of a cluster, relative to a centre: with
 * `v_p = (x_order(p) - centre_c) - shift_c` and c the cluster of segment s,
 *
 *     sum_s = (sum_p v_p [dim], sum_p ||v_p||, sum_p ||v_p||^2),   begin_s <= p < begin_(s + 1)
 *
 * x is [n, dim], order (u32) names rows of x, begin (u32) is [segments + 1], cluster (u32) is
 * [segments], centre and shift are [k, dim], sum is [segments, dim + 2]. `shift` is what float32
 * leaves of a centre: with it, centres far from the origin cost no digits. Sums are of float32 numbers:
 * segments of some hundred points keep their rounding small, and the host adds them up in float64.
 */
export const clusterMoments = kernel({
  name: "cluster_moments",
  buffers: {
    x: reads("f32"),
    order: reads("u32"),
    begin: reads("u32"),
    cluster: reads("u32"),
    centre: reads("f32"),
    shift: reads("f32"),
    sum: writes("f32"),
  },
  params: { segments: "u32", dim: "u32" },
  wgsl,
  grid: ({ segments }) => linear(segments),
  items: ({ segments }) => segments,
  grain: ({ dim }) => Math.max(1, Math.round(CLAIM / (256 * dim))),
  scratch: ({ segments }) => 64 * segments,
});
