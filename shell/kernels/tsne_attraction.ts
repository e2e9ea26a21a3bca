import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/tsne_attraction.wgsl" with { type: "text" };

/** Points of a claim: some 100 neighbours of each take about 5 us together. */
const CLAIM = 32;

/**
 * Attraction of the points of a map by their neighbours: with `w_ij = 1 / (1 + ||y_i - map_j||^2)`,
 * `force_i = sum_j p_ij w_ij (y_i - map_j)` and, if `measure` is 1, `cost_i = -sum_j p_ij ln w_ij`,
 * else 0.
 *
 * y is [m, 4] and map is [n, 4], coordinates padded with zeros to 4; force is [m, 4], cost is [m].
 * The neighbours of point i are `column[t]` with `p_ij = weight[t]`, t from `start[i]` to `start[i + 1] - 1`;
 * start is [m + 1], all multiples of 4: rows are padded with weight 0.
 *
 * @see van der Maaten (2014), Accelerating t-SNE using tree-based algorithms, equation 8
 */
export const tsneAttraction = kernel({
  name: "tsne_attraction",
  buffers: {
    y: reads("f32"),
    map: reads("f32"),
    start: reads("u32"),
    column: reads("u32"),
    weight: reads("f32"),
    force: writes("f32"),
    cost: writes("f32"),
  },
  params: { m: "u32", measure: "u32" },
  wgsl,
  grid: ({ m }) => linear(Math.ceil(m / 64)),
  items: ({ m }) => m,
  grain: () => CLAIM,
});
