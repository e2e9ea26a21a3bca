import { extent } from "d3-array";
import { scaleLinear } from "d3-scale";
import { line as path } from "d3-shape";
import type { Criterion, KScores } from "../../cluster/recommend.ts";
import { element, type Markup } from "../markup.ts";
import { label, line, px, sheet, xAxis, yAxis } from "../svg.ts";
import { colour, hueOf } from "../theme.ts";

/** Scores by the number of clusters. */
export interface Choices {
  readonly rows: readonly KScores[];
  /** What each criterion prefers; null for none. */
  readonly choices: Readonly<Record<Criterion, number | null>>;
  readonly recommended: number;
  readonly title?: string;
  readonly width?: number;
}

/** The criteria with what is said of them; the error of one is drawn as bars. */
const PANELS: readonly {
  readonly field: Criterion;
  readonly name: string;
  readonly good: string;
  readonly error?: "gapError";
}[] = [
  { field: "silhouette", name: "silhouette", good: "high is good" },
  { field: "calinskiHarabasz", name: "Calinski-Harabasz", good: "high is good" },
  { field: "daviesBouldin", name: "Davies-Bouldin", good: "low is good" },
  { field: "gap", name: "gap statistic", good: "with its standard error", error: "gapError" },
  { field: "stability", name: "stability", good: "high is good" },
];
const HEIGHT = 210, TOP = 30;

/**
 * How good each number of clusters is, a small picture for each criterion that was asked for: the
 * number that it prefers is a full point, the recommended one a line through all pictures.
 */
export function choices({ rows, choices, recommended, title, width = 640 }: Choices): string {
  const panels = PANELS.filter(({ field }) => rows.some((row) => row[field] !== null));
  const across = width / 2;
  return sheet(
    {
      ...{ width, height: TOP + HEIGHT * Math.ceil(panels.length / 2) },
      title: title ?? `scores by the number of clusters, ${recommended} recommended`,
      description: described(panels, choices, recommended),
    },
    line(12, 14, 32, 14, "accent", true),
    label(38, 18, `recommended: ${recommended}`, { fill: colour("accent") }),
    element("path", { d: POINT, transform: "translate(186 14)", fill: colour("accent") }),
    label(196, 18, "what the score alone prefers"),
    panels.map((panel, i) =>
      element(
        "g",
        { transform: `translate(${px(i % 2 * across)} ${TOP + HEIGHT * Math.floor(i / 2)})` },
        draw(rows, panel, { chosen: choices[panel.field], recommended, width: across }),
      )
    ),
  );
}

/** A full point for the legend. */
const POINT = "M-5,0a5,5 0 1 0 10,0a5,5 0 1 0 -10,0";

function described(
  panels: typeof PANELS,
  choices: Choices["choices"],
  recommended: number,
): string {
  const said = panels.filter(({ field }) => choices[field] !== null)
    .map(({ field, name }) => `${name} ${choices[field]}`);
  return `Recommended: ${recommended} clusters.${
    said.length > 0 ? ` Each score alone prefers: ${said.join(", ")}.` : ""
  }`;
}

function draw(
  rows: readonly KScores[],
  { field, name, good, error }: typeof PANELS[number],
  { chosen, recommended, width }: {
    readonly chosen: number | null;
    readonly recommended: number;
    readonly width: number;
  },
): Markup[] {
  const known = rows.flatMap((row) => {
    const value = row[field], off = error ? row[error] ?? 0 : 0;
    return value === null ? [] : [{ k: row.k, value, off }];
  });
  const box = { left: 64, right: width - 14, top: 24, bottom: HEIGHT - 50 };
  const [first = 1, last = 1] = extent(rows, ({ k }) => k);
  const [low = 0, high = 1] = extent(known.flatMap(({ value, off }) => [value - off, value + off]));
  const x = scaleLinear(first === last ? [first - 1, last + 1] : [first, last], [
    box.left + 8,
    box.right - 8,
  ]);
  const room = low === high ? Math.abs(low) / 2 || 1 : 0;
  const y = scaleLinear([low - room, high + room], [box.bottom - 4, box.top + 4]).nice();
  const draw = path<typeof known[number]>().x(({ k }) => x(k)).y(({ value }) => y(value)).digits(2);
  return [
    label(box.left, 14, name, { "font-weight": 600 }),
    label(box.right, 14, good, { "text-anchor": "end", fill: colour("soft") }),
    xAxis(x, {
      ...{ y: box.bottom, from: box.left, to: box.right, name: "clusters" },
      ticks: Math.min(10, Math.max(1, last - first)),
      specifier: "d",
    }),
    yAxis(y, {
      ...{ x: box.left, from: box.bottom, to: box.top, name: "", grid: box.right - box.left },
      ticks: 4,
    }),
    line(x(recommended), box.bottom, x(recommended), box.top, "accent", true),
    ...known.filter(({ off }) => off > 0).flatMap(({ k, value, off }) => {
      const [low, high] = [y(value - off), y(value + off)];
      return [
        line(x(k), low, x(k), high, "soft"),
        ...[low, high].map((end) => line(x(k) - 4, end, x(k) + 4, end, "soft")),
      ];
    }),
    element("path", { d: draw(known) ?? "", fill: "none", stroke: hueOf(0), "stroke-width": 2 }),
    ...known.map(({ k, value }) =>
      element("circle", {
        ...{ cx: px(x(k)), cy: px(y(value)), r: k === chosen ? 5 : 2.5 },
        fill: k === chosen ? colour("accent") : hueOf(0),
      })
    ),
  ];
}
