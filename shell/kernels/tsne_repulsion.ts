import { type Gpu, kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/tsne_repulsion.wgsl" with { type: "text" };
import tiledWgsl from "../../shaders/tsne_repulsion_tiled.wgsl" with { type: "text" };

/** Points of a WASM item. */
const ITEM = 8;

/** Pairs of a claim: 5 us. */
const CLAIM = 1 << 13;

/**
 * Repulsion of the points of a map from all points of another, exactly: with
 * `w_ij = 1 / (1 + ||y_i - map_j||^2)`, `force_i = sum_j w_ij^2 (y_i - map_j)` and
 * `mass_i = sum_j w_ij`. If `own` is 1 the maps are one, and j = i is left out. Nothing of the m n
 * pairs is kept.
 *
 * y is [m, 4] and map is [n, 4], coordinates padded with zeros to 4; force is [m, 4], mass is [m].
 *
 * @see van der Maaten, Hinton (2008), Visualizing data using t-SNE, equation 5
 */
export const tsneRepulsion = kernel({
  name: "tsne_repulsion",
  buffers: { y: reads("f32"), map: reads("f32"), force: writes("f32"), mass: writes("f32") },
  params: { m: "u32", n: "u32", own: "u32" },
  wgsl,
  grid: ({ m }) => linear(Math.ceil(m / 64)),
  variants: {
    tiled: {
      wgsl: tiledWgsl,
      grid: ({ m }) => linear(Math.ceil(m / 64)),
      when: (gpu: Gpu) => !gpu.software,
    },
  },
  items: ({ m }) => Math.ceil(m / ITEM),
  grain: ({ n }) => Math.max(1, Math.round(CLAIM / (ITEM * n))),
  scratch: ({ m }) => 224 * Math.ceil(m / ITEM),
  flops: ({ m, n }) => 16 * m * n,
});
