import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/mixture_responsibilities.wgsl" with { type: "text" };

/** Numbers that make a claim worth while, about 5 us. */
const CLAIM = 16_384;

/**
 * How much each component answers for each point, from whitened differences. With the logarithms
 * `l_ic = constant_c - 1/2 ||y[c, i]||^2`,
 *
 *     score_i = ln sum_c exp l_ic        responsibility[i, c] = exp(l_ic - score_i)
 *
 * relative to the largest l_ic of a row, so that no sum is zero. y is [k, m, dim], constant is [k],
 * responsibility is [m, k], score is [m]. Row i of the tile is point `first + i`; those from `rows`
 * on get zeros.
 *
 * @see Dempster, Laird and Rubin (1977), Maximum likelihood from incomplete data via the EM algorithm
 */
export const mixtureResponsibilities = kernel({
  name: "mixture_responsibilities",
  buffers: {
    y: reads("f32"),
    constant: reads("f32"),
    responsibility: writes("f32"),
    score: writes("f32"),
  },
  params: { m: "u32", k: "u32", dim: "u32", rows: "u32", first: "u32" },
  wgsl,
  grid: ({ m }) => linear(Math.ceil(m / 64)),
  items: ({ m }) => m,
  grain: ({ k, dim }) => Math.max(1, Math.round(CLAIM / (k * (dim + 8)))),
  flops: ({ m, k, dim }) => 2 * m * k * dim,
  bytes: ({ m, k, dim }) => 4 * m * k * (dim + 1),
});
