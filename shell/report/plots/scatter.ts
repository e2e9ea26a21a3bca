import { extent } from "d3-array";
import { scaleLinear } from "d3-scale";
import { element, Markup } from "../markup.ts";
import { label, legend, px, sheet, textWidth, xAxis, yAxis } from "../svg.ts";
import { colour, hueOf, symbolOf } from "../theme.ts";

/** Points of a map. */
export interface Scatter {
  /** [n, 2] */
  readonly positions: Float32Array;
  /** Group of each point; below 0 is noise. */
  readonly groups: Int32Array;
  /** Names of the groups (default "cluster 0", ...). */
  readonly names?: readonly string[];
  readonly title: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
  readonly width?: number;
  readonly height?: number;
}

/** Points from which on they are dots, and the shapes stand in the middle of the groups only. */
const MANY = 3000;

/**
 * A map of points, coloured by group, with the shape of each group in the legend and, where there
 * are many points, at the group's mean. Points without a place are left out.
 */
export function scatter(
  { positions, groups, names, title, xLabel = "x", yLabel = "y", ...size }: Scatter,
): string {
  const { width = 760, height = 520 } = size;
  const used = [...new Set(groups)].sort((a, b) => a - b);
  const nameOf = (group: number) => group < 0 ? "noise" : names?.[group] ?? `cluster ${group}`;
  const wide = Math.min(170, Math.max(...used.map((group) => textWidth(nameOf(group))), 40) + 30);
  const box = { left: 60, right: width - wide - 12, top: 12, bottom: height - 48 };
  const x = scaleLinear(span(positions, 0), [box.left + 8, box.right - 8]).nice();
  const y = scaleLinear(span(positions, 1), [box.bottom - 8, box.top + 8]).nice();
  const across = { from: box.left, to: box.right }, down = { from: box.bottom, to: box.top };
  const rows = rowsByGroup(groups, used);
  const many = groups.length > MANY;
  return sheet(
    { width, height, title },
    xAxis(x, { y: box.bottom, ...across, name: xLabel, grid: box.bottom - box.top }),
    yAxis(y, { x: box.left, ...down, name: yLabel, grid: box.right - box.left }),
    used.map((group, i) => {
      const place = (row: number) => [x(positions[2 * row]), y(positions[2 * row + 1])] as const;
      return many ? dots(rows[i], group, place) : shapes(rows[i], group, place);
    }),
    many && used.map((group, i) => middle(rows[i], group, positions, x, y)),
    legend(used.map((group) => ({ group, name: nameOf(group) })), {
      ...{ x: box.right + 14, y: box.top + 10, height: height - 30, width: wide },
    }),
  );
}

function span(positions: Float32Array, axis: number): [number, number] {
  const [low, high] = extent(positions.filter((_v, i) => i % 2 === axis), finite);
  if (low === undefined || high === undefined) return [-1, 1];
  return low === high ? [low - 1, high + 1] : [low, high];
}

const finite = (v: number) => Number.isFinite(v) ? v : undefined;

function rowsByGroup(groups: Int32Array, used: readonly number[]): number[][] {
  const at = new Map(used.map((group, i) => [group, i]));
  const rows: number[][] = used.map(() => []);
  groups.forEach((group, row) => rows[at.get(group)!].push(row));
  return rows;
}

type Place = (row: number) => readonly [number, number];

/** One path for all: a line of no length with a round end is a dot. */
function dots(rows: readonly number[], group: number, place: Place): Markup {
  const round = (v: number) => Math.round(v * 10) / 10;
  const parts = rows.map(place).filter((at) => at.every(Number.isFinite))
    .map(([x, y]) => `M${round(x)} ${round(y)}h0`);
  return element("path", {
    d: parts.join(""),
    stroke: hueOf(group),
    "stroke-width": rows.length > 20_000 ? 1.6 : 2.4,
    "stroke-linecap": "round",
    "stroke-opacity": 0.65,
    fill: "none",
  });
}

function shapes(rows: readonly number[], group: number, place: Place): Markup {
  const d = symbolOf(group, 28);
  return element(
    "g",
    { fill: hueOf(group), "fill-opacity": 0.8 },
    rows.map(place).filter((at) => at.every(Number.isFinite))
      .map(([x, y]) => element("path", { d, transform: `translate(${px(x)} ${px(y)})` })),
  );
}

/** The shape and the number of a group, where its mean is. */
function middle(
  rows: readonly number[],
  group: number,
  positions: Float32Array,
  x: (v: number) => number,
  y: (v: number) => number,
): Markup | false {
  const known = rows.filter((row) => Number.isFinite(positions[2 * row] + positions[2 * row + 1]));
  if (group < 0 || known.length === 0) return false;
  const mean = (axis: number) =>
    known.reduce((sum, row) => sum + positions[2 * row + axis], 0) / known.length;
  const at = [x(mean(0)), y(mean(1))];
  return element(
    "g",
    {},
    element("path", {
      d: symbolOf(group, 130),
      ...{ fill: hueOf(group), stroke: colour("paper"), "stroke-width": 1.5 },
      transform: `translate(${px(at[0])} ${px(at[1])})`,
    }),
    label(at[0] + 10, at[1] + 4, String(group), {
      ...{ "font-weight": 600, stroke: colour("paper"), "stroke-width": 3 },
      "paint-order": "stroke",
    }),
  );
}
