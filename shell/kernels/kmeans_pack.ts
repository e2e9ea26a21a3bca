import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/kmeans_pack.wgsl" with { type: "text" };

/** Points of a panel. */
export const PANEL = 8;

/**
 * Points side by side: `panels[p, d, r] = x[8 p + r, d]`, for the kernels that give each point a
 * lane. x is [n, dim], panels is [ceil(n / 8), dim, 8]; the last row fills up the last panel.
 */
export const kmeansPack = kernel({
  name: "kmeans_pack",
  buffers: { x: reads("f32"), panels: writes("f32") },
  params: { n: "u32", dim: "u32" },
  wgsl,
  grid: ({ n, dim }) => linear(Math.ceil(Math.ceil(n / PANEL) * PANEL * dim / 64)),
  items: ({ n }) => Math.ceil(n / PANEL),
  grain: ({ dim }) => Math.ceil(2_000 / dim),
  bytes: ({ n, dim }) => 8 * n * dim,
});
