import { scaleLinear } from "d3-scale";
import { area } from "d3-shape";
import { element } from "../markup.ts";
import { fitted, label, line, sheet, xAxis } from "../svg.ts";
import { colour, hueOf } from "../theme.ts";

/** Silhouette values of clusters. */
export interface Silhouettes {
  readonly title: string;
  readonly mean: number;
  readonly clusters: readonly {
    readonly cluster: number;
    readonly name: string;
    readonly size: number;
    /** Values from the largest to the smallest, or as many quantiles of them. */
    readonly values: readonly number[];
  }[];
  readonly width?: number;
}

const LEAST = 16, ALL = 420, GAP = 4;

/**
 * The silhouette of each point, sorted within its cluster; a cluster is as high as it has points. What
 * lies left of 0 is nearer to another cluster.
 *
 * @see Rousseeuw (1987), Silhouettes: a graphical aid
 */
export function silhouettes({ title, mean, clusters, width = 560 }: Silhouettes): string {
  const n = clusters.reduce((sum, { size }) => sum + size, 0) || 1;
  const heights = clusters.map(({ size }) => Math.max(LEAST, ALL * size / n));
  const lowest = Math.min(0, ...clusters.flatMap(({ values }) => values.filter(Number.isFinite)));
  const box = { left: 110, right: width - 16, top: 22 };
  const bottom = box.top + heights.reduce((sum, h) => sum + h + GAP, 0);
  const x = scaleLinear([lowest, 1], [box.left, box.right]).nice();
  let y = box.top;
  return sheet(
    { width, height: Math.ceil(bottom + 48), title },
    xAxis(x, {
      ...{ y: bottom, from: box.left, to: box.right, name: "silhouette of each point" },
      grid: bottom - box.top,
    }),
    clusters.map(({ cluster, name, values }, i) => {
      const from = y, step = heights[i] / Math.max(1, values.length - 1);
      y += heights[i] + GAP;
      const draw = area<number>().digits(2).x0(x(0)).x1((v) => x(v)).y((_v, at) => from + at * step)
        .defined(Number.isFinite);
      return [
        element("path", { d: draw(values) ?? "", fill: hueOf(cluster), "fill-opacity": 0.85 }),
        label(box.left - 8, from + heights[i] / 2 + 4, fitted(name, 96), { "text-anchor": "end" }),
      ];
    }),
    line(x(mean), box.top, x(mean), bottom, "ink", true),
    label(x(mean), 14, `mean ${mean.toFixed(3)}`, { "text-anchor": "middle", fill: colour("ink") }),
  );
}
