/** Pictures as SVG: the sheet, axes, legends, and files of their own. */

import { format } from "d3-format";
import { type Child, element, Markup } from "./markup.ts";
import { colour, hueOf, SCHEMES, symbolOf } from "./theme.ts";

/** A picture's place and words. */
export interface Sheet {
  readonly width: number;
  readonly height: number;
  /** For people who do not see it: what it shows. */
  readonly title: string;
  /** For them, too: what is read off it, in a sentence or two. */
  readonly description?: string;
}

/** Pixels between the sheet's edge and the plot. */
export interface Margin {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/** A scale as axes need it. */
export interface AxisScale {
  (value: number): number;
  ticks(count?: number): number[];
  tickFormat(count?: number, specifier?: string): (value: number) => string;
}

/** Pixels of the text. */
export const TEXT = 12;

/** Pixels that a text takes, about: no font is at hand. */
export function textWidth(text: string, size = TEXT): number {
  return Array.from(text).length * size * 0.58;
}

/** A text cut to so many pixels. */
export function fitted(text: string, pixels: number, size = TEXT): string {
  const letters = Array.from(text), most = Math.max(1, Math.floor(pixels / (size * 0.58)));
  return letters.length <= most ? text : `${letters.slice(0, Math.max(1, most - 1)).join("")}…`;
}

/** Numbers of any size, short: 1,234; 12.3k; 0.0123. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e5) return format(",")(value);
  return size >= 1e4 ? format(".3~s")(value) : format(".3~r")(value);
}

/** Coordinates to a hundredth of a pixel. */
export function px(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** The whole picture. */
export function sheet(
  { width, height, title, description }: Sheet,
  ...children: Child[]
): string {
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "img",
      "aria-label": title,
      "font-family": "system-ui, sans-serif",
      "font-size": TEXT,
      fill: colour("ink"),
    },
    element("title", {}, title),
    description !== undefined && element("desc", {}, description),
    ...children,
  ).text;
}

/** A line of text. */
export function label(
  x: number,
  y: number,
  text: string,
  options: Readonly<Record<string, string | number | undefined>> = {},
): Markup {
  return element("text", { x: px(x), y: px(y), ...options }, text);
}

const TICK = { fill: colour("soft") };

/** How the numbers of an axis are written: 1,200 and 0.5, but 120k for large ones. */
function plain(ticks: readonly number[]): string {
  return ticks.some((tick) => Math.abs(tick) >= 1e5) ? "~s" : ",~f";
}

/** The axis below a plot, with lines across it if `grid` says how high it is. */
export function xAxis(
  scale: AxisScale,
  { y, from, to, name, ticks = 6, grid = 0, specifier }: {
    readonly y: number;
    readonly from: number;
    readonly to: number;
    readonly name: string;
    readonly ticks?: number;
    readonly grid?: number;
    readonly specifier?: string;
  },
): Markup {
  const write = scale.tickFormat(ticks, specifier ?? plain(scale.ticks(ticks)));
  return element(
    "g",
    {},
    scale.ticks(ticks).map((tick) => [
      grid > 0 && line(scale(tick), y, scale(tick), y - grid, "line"),
      label(scale(tick), y + 18, write(tick), { "text-anchor": "middle", ...TICK }),
    ]),
    line(from, y, to, y, "soft"),
    label((from + to) / 2, y + 36, name, { "text-anchor": "middle" }),
  );
}

/** The axis to the left of a plot, with lines across it if `grid` says how wide it is. */
export function yAxis(
  scale: AxisScale,
  { x, from, to, name, ticks = 5, grid = 0, specifier }: {
    readonly x: number;
    readonly from: number;
    readonly to: number;
    readonly name: string;
    readonly ticks?: number;
    readonly grid?: number;
    readonly specifier?: string;
  },
): Markup {
  const write = scale.tickFormat(ticks, specifier ?? plain(scale.ticks(ticks)));
  const middle = (from + to) / 2;
  return element(
    "g",
    {},
    scale.ticks(ticks).map((tick) => [
      grid > 0 && line(x, scale(tick), x + grid, scale(tick), "line"),
      label(x - 6, scale(tick) + 4, write(tick), { "text-anchor": "end", ...TICK }),
    ]),
    line(x, from, x, to, "soft"),
    element(
      "text",
      { transform: `translate(${px(x - 46)} ${px(middle)}) rotate(-90)`, "text-anchor": "middle" },
      name,
    ),
  );
}

/** A straight line of one pixel. */
export function line(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  name: "line" | "soft" | "ink" | "accent",
  dashed = false,
): Markup {
  return element("line", {
    ...{ x1: px(x1), y1: px(y1), x2: px(x2), y2: px(y2), stroke: colour(name) },
    "stroke-dasharray": dashed ? "4 3" : undefined,
  });
}

/** A group of a legend. */
export interface Entry {
  readonly group: number;
  readonly name: string;
}

/** Entries in columns below one another, from x, y; as many as fit into `height`. */
export function legend(
  entries: readonly Entry[],
  { x, y, height, width }: {
    readonly x: number;
    readonly y: number;
    readonly height: number;
    readonly width: number;
  },
): Markup {
  const most = Math.max(1, Math.floor(height / 18));
  const shown = entries.length <= most ? entries : entries.slice(0, most - 1);
  return element(
    "g",
    {},
    shown.map(({ group, name }, i) => [
      element("path", {
        d: symbolOf(group, 60),
        fill: hueOf(group),
        transform: `translate(${px(x + 6)} ${px(y + 18 * i)})`,
      }),
      label(x + 18, y + 18 * i + 4, fitted(name, width - 18)),
    ]),
    shown.length < entries.length &&
      label(x + 18, y + 18 * shown.length + 4, `and ${entries.length - shown.length} more`, TICK),
  );
}

/** A file of its own, on light or dark paper: colours of the page are written out. */
export function svgFile(svg: string, scheme: "light" | "dark" = "light"): string {
  const colours: Readonly<Record<string, string>> = SCHEMES[scheme];
  const plain = svg.replace(/var\(--asterism-([\w-]+)\)/g, (_all, name) => colours[name]);
  const paper = `<rect width="100%" height="100%" fill="${colours.paper}"/>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${
    plain.replace(/<\/title>/, `</title>${paper}`)
  }\n`;
}
