import { make } from "../dom.ts";
import { draw } from "./layers.ts";
import { STYLE } from "./style.ts";

/** The elements of a map. */
export interface Parts {
  readonly frame: HTMLElement;
  /** Axes, lasso and the mark of a point, over the canvas. */
  readonly over: SVGElement;
  readonly tip: HTMLElement;
  readonly tools: HTMLElement;
  readonly legend: HTMLElement;
  /** What a screen reader says. */
  readonly told: HTMLElement;
}

/** Fills the root of a map. The style is set by the CSSOM, which strict pages allow. */
export function buildParts(root: ShadowRoot): Parts {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const over = draw("svg", { class: "over", "aria-hidden": "true" });
  const tip = make("div", { className: "tip", hidden: true });
  const tools = make("div", { className: "tools" });
  const frame = make("div", { className: "frame", tabIndex: 0 }, make("canvas"), over, tip, tools);
  frame.setAttribute("role", "application");
  const legend = make("ul", { className: "legend" });
  legend.setAttribute("aria-label", "groups");
  const told = make("p", { className: "told" });
  told.setAttribute("aria-live", "polite");
  root.append(frame, legend, told);
  return { frame, over, tip, tools, legend, told };
}

/** Words in place of points. */
export function showError({ frame }: Parts, text: string): void {
  const words = make("p", { className: "error", textContent: text });
  words.setAttribute("role", "alert");
  frame.replaceChildren(words);
}
