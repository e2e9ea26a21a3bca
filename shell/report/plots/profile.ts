import { scaleLinear } from "d3-scale";
import { element } from "../markup.ts";
import { fitted, label, line, px, sheet, short, xAxis } from "../svg.ts";
import { hueOf } from "../theme.ts";

/** How a cluster's columns differ from those of all rows. */
export interface Profile {
  readonly title: string;
  readonly cluster: number;
  readonly features: readonly {
    readonly name: string;
    /** Mean of the cluster less the mean of all, in standard deviations of all. */
    readonly deviation: number;
    /** Mean of the cluster, in the column's own unit. */
    readonly mean: number;
  }[];
  readonly width?: number;
}

const ROW = 20;

/** Bars to the left where the cluster is below the mean of all, to the right where above. */
export function profile({ title, cluster, features, width = 420 }: Profile): string {
  const largest = Math.max(1, ...features.map(({ deviation }) => Math.abs(deviation)));
  const box = { left: 150, right: width - 70, top: 6, bottom: 6 + ROW * features.length };
  const x = scaleLinear([-largest, largest], [box.left, box.right]);
  return sheet(
    { width, height: box.bottom + 44, title },
    xAxis(x, {
      ...{ y: box.bottom, from: box.left, to: box.right, ticks: 5, grid: box.bottom - box.top },
      name: "standard deviations from the mean of all",
    }),
    features.map(({ name, deviation, mean }, i) => {
      const y = box.top + ROW * i, at = [x(0), x(deviation)].sort((a, b) => a - b);
      return [
        label(box.left - 8, y + 14, fitted(name, box.left - 16), { "text-anchor": "end" }),
        element("rect", {
          ...{ x: px(at[0]), y: y + 4, width: px(at[1] - at[0]), height: ROW - 8 },
          fill: hueOf(cluster),
        }),
        label(box.right + 8, y + 14, short(mean)),
      ];
    }),
    line(x(0), box.top, x(0), box.bottom, "soft"),
  );
}
