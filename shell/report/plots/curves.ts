import { extent } from "d3-array";
import { scaleLinear, scaleLog, type ScaleLogarithmic } from "d3-scale";
import { line as path } from "d3-shape";
import { element } from "../markup.ts";
import { type AxisScale, label, legend, sheet, xAxis, yAxis } from "../svg.ts";
import { colour, hueOf, symbolOf } from "../theme.ts";

/** A line of numbers. */
export interface Curve {
  readonly name: string;
  /** The value at 1, 2, 3, ...; what is not finite is a gap. */
  readonly values: readonly number[];
  /** Where the values are (default 1, 2, 3, ...). */
  readonly at?: readonly number[];
}

/** Curves over one axis. */
export interface Curves {
  readonly curves: readonly Curve[];
  readonly title: string;
  /** What is read off them, for people who do not see it. */
  readonly description?: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Powers of ten, if all values are above 0. */
  readonly log?: boolean;
  /** A place on the x axis to mark, and what is said of it. */
  readonly mark?: { readonly at: number; readonly text: string };
  readonly width?: number;
  readonly height?: number;
}

/** Curves that are longer show no marks. */
const MARKED = 40;
/** How ticks of powers are written. */
const POWERS = ".1~r";

/** Losses by epoch, distances in order, scores by the number of clusters. */
export function curves(
  { title, description, xLabel, yLabel, log, mark, ...given }: Curves,
): string {
  const { width = 560, height = 320 } = given;
  const all = given.curves.map((curve) => ({
    ...curve,
    points: curve.values.map((value, i) => [curve.at?.[i] ?? i + 1, value] as [number, number]),
  }));
  const values = all.flatMap(({ points }) => points.map(([, v]) => v)).filter(Number.isFinite);
  const places = all.flatMap(({ points }) => points.map(([at]) => at));
  const [first = 1, last = 1] = extent(places);
  const [low = 0, high = 1] = extent(values);
  const box = { left: 64, right: width - 16, top: 14 + 18 * all.length, bottom: height - 48 };
  const x = scaleLinear(first === last ? [first - 1, last + 1] : [first, last], [
    box.left + 8,
    box.right - 8,
  ]);
  const powers = log === true && low > 0;
  const range: [number, number] = low === high
    ? [low - Math.abs(low) / 2 - 1e-9, high + 1e-9]
    : [low, high];
  const y = powers
    ? named(scaleLog([low / 1.1, high * 1.1], [box.bottom, box.top]))
    : scaleLinear(range, [box.bottom - 4, box.top]).nice();
  const draw = path<[number, number]>().x(([at]) => x(at)).y(([, v]) => y(v)).digits(2)
    .defined(([, v]) => Number.isFinite(v));
  return sheet(
    { width, height, title, description },
    xAxis(x, {
      ...{ y: box.bottom, from: box.left, to: box.right, name: xLabel },
      ticks: Math.min(8, Math.max(1, last - first)),
    }),
    yAxis(y, {
      ...{ x: box.left, from: box.bottom, to: box.top, name: yLabel, grid: box.right - box.left },
      ...powers && { ticks: 4, specifier: POWERS },
    }),
    mark !== undefined && [
      element("line", {
        ...{ x1: x(mark.at), x2: x(mark.at), y1: box.bottom, y2: box.top },
        ...{ stroke: colour("accent"), "stroke-dasharray": "4 3" },
      }),
      label(x(mark.at), box.top - 2, mark.text, {
        "text-anchor": x(mark.at) > width / 2 ? "end" : "start",
        fill: colour("accent"),
      }),
    ],
    all.map(({ points }, i) => [
      element("path", { d: draw(points) ?? "", fill: "none", stroke: hueOf(i), "stroke-width": 2 }),
      points.length <= MARKED &&
      points.filter(([, v]) => Number.isFinite(v)).map(([at, v]) =>
        element("path", {
          ...{ d: symbolOf(i, 36), fill: hueOf(i) },
          transform: `translate(${x(at).toFixed(2)} ${y(v).toFixed(2)})`,
        })
      ),
    ]),
    legend(all.map(({ name }, group) => ({ group, name })), {
      ...{ x: box.left, y: 12, height: 18 * all.length + 2, width: width - box.left },
    }),
  );
}

/** The scale; where it spans too little to write a number at two ticks, with those of a plain one. */
function named(y: ScaleLogarithmic<number, number>): AxisScale {
  const write = y.tickFormat(4, POWERS);
  if (y.ticks(4).filter((tick) => write(tick) !== "").length > 1) return y;
  const plain = scaleLinear().domain(y.domain());
  return Object.assign((value: number) => y(value), {
    ticks: (count?: number) => plain.ticks(count),
    tickFormat: (count?: number) => plain.tickFormat(count),
  });
}
