import { max } from "d3-array";
import { scaleLinear } from "d3-scale";
import { element } from "../markup.ts";
import { fitted, label, px, sheet, short, xAxis } from "../svg.ts";
import { hueOf } from "../theme.ts";

/** One bar for each group. */
export interface Bars {
  readonly title: string;
  readonly xLabel: string;
  readonly bars: readonly {
    readonly group: number;
    readonly name: string;
    readonly value: number;
  }[];
  readonly width?: number;
}

const ROW = 24;

/** Sizes of clusters, as bars from left to right. */
export function bars({ title, xLabel, bars, width = 560 }: Bars): string {
  const names = Math.min(180, Math.max(70, ...bars.map(({ name }) => 7.2 * name.length)));
  const box = { left: names + 12, right: width - 64, top: 8, bottom: 8 + ROW * bars.length };
  const x = scaleLinear([0, max(bars, ({ value }) => value) || 1], [box.left, box.right]).nice();
  return sheet(
    { width, height: box.bottom + 48, title },
    xAxis(x, {
      ...{ y: box.bottom, from: box.left, to: box.right, name: xLabel, grid: box.bottom - box.top },
      ticks: Math.max(2, Math.min(6, Math.floor((box.right - box.left) / 70))),
    }),
    bars.map(({ group, name, value }, i) => {
      const y = box.top + ROW * i;
      return [
        label(box.left - 8, y + 16, fitted(name, names), { "text-anchor": "end" }),
        element("rect", {
          ...{
            x: box.left,
            y: y + 4,
            width: px(Math.max(0, x(value) - box.left)),
            height: ROW - 8,
          },
          fill: hueOf(group),
        }),
        label(x(value) + 6, y + 16, short(value)),
      ];
    }),
  );
}
