import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/pack_panels.wgsl" with { type: "text" };

/** Numbers that make a claim worth while, about 5 us. */
const CLAIM = 16_384;

/** Rows of a panel. */
export const PANEL = 8;

/** Numbers of the panels of `m` rows. */
export const panelsSize = (m: number, dim: number) => Math.ceil(m / PANEL) * PANEL * dim;

/**
 * Rows by number, in panels of 8 that lie side by side:
 * `y[floor(p / 8), d, p mod 8] = x[order[p], d]` for p < m; x is [n, dim], order (u32) is [m], y is
 * [ceil(m / 8), dim, 8]. The last row stands in for those that the last panel lacks.
 */
export const packPanels = kernel({
  name: "pack_panels",
  buffers: { x: reads("f32"), order: reads("u32"), y: writes("f32") },
  params: { m: "u32", dim: "u32" },
  wgsl,
  grid: ({ m, dim }) => linear(Math.ceil(panelsSize(m, dim) / 64)),
  items: ({ m }) => Math.ceil(m / PANEL),
  grain: ({ dim }) => Math.max(1, Math.round(CLAIM / (PANEL * dim))),
  bytes: ({ m, dim }) => 8 * m * dim,
});
