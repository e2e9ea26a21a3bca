/** Colours and shapes that stay apart for colour-blind readers, on light and on dark paper. */

import {
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
} from "d3-shape";
import { symbolTriangle, type SymbolType, symbolWye } from "d3-shape";

/** Names of the colours that a page sets by its scheme, `var(--asterism-NAME)`, in light and dark. */
export const SCHEMES = {
  light: {
    ink: "#1b2230",
    soft: "#5a6475",
    line: "#d5dbe5",
    panel: "#f3f5f9",
    paper: "#ffffff",
    accent: "#0b5cad",
    warn: "#8a4b00",
    "warn-paper": "#fff4e0",
    noise: "#8b93a1",
  },
  dark: {
    ink: "#e8ecf3",
    soft: "#a3adbd",
    line: "#39424f",
    panel: "#1e242e",
    paper: "#13171e",
    accent: "#79b4f5",
    warn: "#ffc56b",
    "warn-paper": "#33270f",
    noise: "#7d8694",
  },
} as const;

/** A colour of the page. */
export type ColourName = keyof typeof SCHEMES["light"];

/** The colour as an attribute names it. */
export function colour(name: ColourName): string {
  return `var(--asterism-${name})`;
}

const properties = (scheme: Readonly<Record<string, string>>) =>
  Object.entries(scheme).map(([name, value]) => `--asterism-${name}:${value};`).join("");

/** Style rules that set the colours on the page. */
export const THEME_CSS = `:root{color-scheme:light dark;${properties(SCHEMES.light)}}
@media(prefers-color-scheme:dark){:root{${properties(SCHEMES.dark)}}}`;

/**
 * Ten hues, as many as there are digits: eight after Okabe and Ito (2008), a little darker or lighter
 * to be seen on both papers, and the two that lie furthest from them for every kind of eye.
 */
const HUES = [
  "#0078c8",
  "#e08a00",
  "#009e73",
  "#cc6fa5",
  "#d55e00",
  "#46a6dd",
  "#7a68c8",
  "#a08a00",
  "#c8203c",
  "#8a5a44",
] as const;

/** Seven shapes: with ten hues, 70 pairs before one comes again. */
const SHAPES: readonly SymbolType[] = [
  symbolCircle,
  symbolTriangle,
  symbolSquare,
  symbolDiamond,
  symbolCross,
  symbolStar,
  symbolWye,
];

/** The hue of a group, `#rrggbb`; noise, below 0, is grey on every paper. */
export function hueOf(group: number): string {
  return group < 0 ? SCHEMES.light.noise : HUES[group % HUES.length];
}

/** The shape of a group. */
export function shapeOf(group: number): SymbolType {
  return group < 0 ? symbolCross : SHAPES[group % SHAPES.length];
}

/** The outline of a group's shape around 0, 0 as path data. @param size its area in square pixels */
export function symbolOf(group: number, size: number): string {
  return symbol(shapeOf(group), size).digits(2)() ?? "";
}
