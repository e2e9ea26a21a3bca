/** The tensors and programs of a search. */

import { centredRows } from "../kernels/centred_rows.ts";
import { denseGradX } from "../kernels/dense.ts";
import { gather } from "../kernels/gather.ts";
import { kNearest } from "../kernels/k_nearest.ts";
import { neighbourDistances } from "../kernels/neighbour_distances.ts";
import { scale } from "../kernels/scale.ts";
import { squaredDistances } from "../kernels/squared_distances.ts";
import { sumColumns } from "../kernels/sum_columns.ts";
import { Graph } from "../plan/graph.ts";
import { compile, type Plan } from "../plan/plan.ts";
import { data, state, type Tensor } from "../plan/tensor.ts";
import type { Queries } from "./search.ts";

/** Sizes of tiles: `m` queries by products or `few` by differences, `w` points, lists of `k`. */
export interface Tiles {
  readonly m: number;
  readonly few: number;
  readonly w: number;
  readonly k: number;
}

const listsOf = (rows: number, k: number) => ({
  best_distance: state("best distances", [rows, k]),
  best_index: state("best indices", [rows, k], "u32"),
});

/** Everything that the kernels share, for `count` queries. */
export function allocate({ m, w, few, k }: Tiles, count: number, dim: number) {
  return {
    /** The lists of all queries, and which point each is itself. */
    lists: listsOf(count, k),
    own: data("own index", [count], "u32"),
    /** A tile of queries, one of points, both relative to the mean, and their products. */
    x: state("queries", [m, dim]),
    row: state("squares of queries", [m]),
    c: state("points", [w, dim]),
    column: state("squares of points", [w]),
    d: state("products", [m, w]),
    exact: state("exact distances", [m, k]),
    mean: state("mean", [dim]),
    /** What is searched by direct differences. */
    index: data("index of few", [few], "u32"),
    fewOwn: data("own index of few", [few], "u32"),
    fewLists: listsOf(few, k),
    few: state("few queries", [few, dim]),
    zeros: state("zeros", [Math.max(few, w, dim)]),
  };
}

export type Tensors = ReturnType<typeof allocate>;

function plan(name: string, record: (g: Graph) => void): Plan {
  const g = new Graph(name);
  record(g);
  return compile(g);
}

/**
 * The programs of a search. Scalars: `base`, first point of a tile; `first`, first query of a tile,
 * and `row`, its row of the queries' source.
 */
export function plansOf(points: Tensor, queries: Queries, t: Tensors, tiles: Tiles) {
  const [n, dim] = points.shape;
  const { m, k } = tiles;
  return {
    mean: plan("mean", (g) => {
      const sum = g.temp([dim]);
      g.call(sumColumns, { x: points, y: sum }, { m: n, n: dim });
      g.call(scale, { x: sum, y: t.mean }, { n: dim, factor: 1 / n });
    }),
    begin: plan("queries", (g) => {
      const tile = { x: queries.source, centre: t.mean, y: t.x, square: t.row };
      g.call(centredRows, tile, { rows: queries.to, m, dim, first: g.scalar("row", "u32") });
    }),
    product: plan("neighbours by products", (g) => products(g, points, t, tiles, false)),
    both: plan("neighbours by products, both ways", (g) => products(g, points, t, tiles, true)),
    exact: plan("exact distances", (g) => {
      const lists = { x: queries.source, points, index: t.lists.best_index, d: t.exact };
      const first = g.scalar("row", "u32"), at = g.scalar("first", "u32");
      g.call(neighbourDistances, lists, { rows: queries.to, m, n, dim, k, first, at });
    }),
    ...direct(points, queries, t, tiles),
  };
}

export type Plans = ReturnType<typeof plansOf>;

/** A tile of queries meets one of points and, if both ways, the points of that as queries. */
function products(g: Graph, points: Tensor, t: Tensors, { m, w, k }: Tiles, both: boolean): void {
  const [n, dim] = points.shape;
  const base = g.scalar("base", "u32"), first = g.scalar("first", "u32");
  const tile = { x: points, centre: t.mean, y: t.c, square: t.column };
  g.call(centredRows, tile, { rows: n, m: w, dim, first: base });
  // Without an activation x is not read.
  const product = { dz: t.x, w: t.c, x: t.x, dx: t.d };
  g.call(denseGradX, product, { m, k: w, n: dim, activation: 0 });
  const lists = { ...t.lists, d: t.d, own: t.own };
  const rows = t.own.size;
  const one = { row: t.row, column: t.column, ...lists };
  g.call(kNearest, one, { m, w, k, n, base, rows, first, transposed: 0, scale: -2 });
  if (!both) return;
  const other = { row: t.column, column: t.row, ...lists };
  const swapped = { m: w, w: m, k, n, base: first, rows, first: base };
  g.call(kNearest, other, { ...swapped, transposed: 1, scale: -2 });
}

/** The programs by direct differences: the queries, and a tile of points. */
function direct(points: Tensor, queries: Queries, t: Tensors, { few, w, k }: Tiles) {
  const [n, dim] = points.shape;
  return {
    few: plan("few queries", (g) => {
      const sizes = { rows: queries.to, m: few, width: dim, at: 0 };
      g.call(gather, { source: queries.source, index: t.index, y: t.few }, sizes);
    }),
    direct: plan("neighbours by differences", (g) => {
      const base = g.scalar("base", "u32");
      const tile = { x: points, centre: t.zeros, y: t.c, square: t.column };
      g.call(centredRows, tile, { rows: n, m: w, dim, first: base });
      g.call(squaredDistances, { x: t.few, c: t.c, d: t.d }, { n: few, dim, k: w });
      const lists = { ...t.fewLists, own: t.fewOwn, d: t.d, row: t.zeros, column: t.zeros };
      const sizes = { m: few, w, k, n, base, rows: few, first: 0 };
      g.call(kNearest, lists, { ...sizes, transposed: 0, scale: 1 });
    }),
  };
}
