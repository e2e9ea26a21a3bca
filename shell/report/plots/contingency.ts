import { element } from "../markup.ts";
import { fitted, label, px, sheet, short, textWidth } from "../svg.ts";
import { colour } from "../theme.ts";

/** A table of counts: rows of clusters, columns of classes. */
export interface Contingency {
  readonly title: string;
  /** counts[cluster][class] */
  readonly counts: readonly (readonly number[])[];
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly width?: number;
}

/** Cells that are less wide show no numbers. */
const NUMBERS = 30;

/**
 * How many points of each cluster have each class; darker where more of the cluster has it. Classes
 * stand in the order of the clusters that they are most of, so that a good match is a diagonal.
 */
export function contingency({ title, counts, rows, columns, width = 640 }: Contingency): string {
  const order = orderOf(counts, columns.length);
  const left = Math.min(150, Math.max(60, ...rows.map((name) => textWidth(name))) + 16);
  const names = Math.min(120, Math.max(30, ...columns.map((name) => textWidth(name) * 0.75)) + 10);
  const cell = Math.min(56, Math.max(10, (width - left - 40) / Math.max(1, columns.length)));
  const tall = Math.min(30, cell), top = names + 24;
  return sheet(
    { width, height: px2(top + tall * rows.length + 12), title },
    label(8, 14, "clusters by classes: points, and their share of the cluster", {
      fill: colour("soft"),
    }),
    order.map((column, j) =>
      element(
        "text",
        {
          transform: `translate(${px(left + cell * (j + 0.6))} ${px(top - 6)}) rotate(-45)`,
          fill: colour("ink"),
        },
        fitted(columns[column], names * 1.3),
      )
    ),
    rows.map((name, i) => {
      const total = counts[i].reduce((a, b) => a + b, 0);
      const y = top + tall * i;
      return [
        label(left - 8, y + tall / 2 + 4, fitted(name, left - 12), { "text-anchor": "end" }),
        order.map((column, j) => {
          const count = counts[i][column], share = total > 0 ? count / total : 0;
          const x = left + cell * j;
          return [
            element(
              "rect",
              {
                ...{ x: px(x), y: px(y), width: px(cell - 1), height: px(tall - 1) },
                ...{ fill: colour("accent"), "fill-opacity": px(0.04 + 0.96 * share) },
              },
              element("title", {}, `${name}, ${columns[column]}: ${count} (${percent(share)})`),
            ),
            cell >= NUMBERS && count > 0 && label(x + cell / 2, y + tall / 2 + 4, short(count), {
              ...{ "text-anchor": "middle", "pointer-events": "none", "font-size": 11 },
              fill: colour(share > 0.5 ? "paper" : "ink"),
            }),
          ];
        }),
      ];
    }),
  );
}

const px2 = (v: number) => Math.ceil(v);
const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

/** Classes by the cluster that has most of them, and there by how many. */
function orderOf(counts: readonly (readonly number[])[], classes: number): number[] {
  const home = Array.from({ length: classes }, (_, c) => {
    const column = counts.map((row) => row[c]);
    return column.indexOf(Math.max(...column));
  });
  return home.map((_, c) => c).sort((a, b) =>
    home[a] - home[b] || (counts[home[b]]?.[b] ?? 0) - (counts[home[a]]?.[a] ?? 0) || a - b
  );
}
