import { type Axis, axisBottom, axisLeft } from "d3-axis";
import { select } from "d3-selection";
import type { ZoomTransform } from "d3-zoom";
import { hueOf, symbolOf } from "../../report/theme.ts";
import { make } from "../dom.ts";
import type { Tip } from "./types.ts";
import type { View } from "./view.ts";

const SVG = "http://www.w3.org/2000/svg";

/** A new element of a picture. */
export function draw(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** Marks over the points, in pixels: a lasso being drawn, and the point that is looked at. */
export function writeMarks(
  svg: SVGElement,
  lasso: readonly (readonly [number, number])[] | undefined,
  here: readonly [number, number] | undefined,
): void {
  const over = select(svg), path = lasso?.length ? lasso.map((at) => at.join(" ")).join("L") : null;
  over.selectAll("path.lasso").data(path ? [path] : []).join("path").attr("class", "lasso")
    .attr("d", (d) => `M${d}Z`);
  over.selectAll("circle.here").data(here ? [here] : []).join("circle").attr("class", "here")
    .attr("r", 7).attr("cx", ([x]) => x).attr("cy", ([, y]) => y);
}

/** Writes the axes at the frame's edges. */
export function writeAxes(
  svg: SVGElement,
  view: View,
  transform: ZoomTransform,
  names: readonly [string, string],
): void {
  const { x, y, left, bottom } = view.axes(transform);
  const ticks = (pixels: number) => Math.max(2, Math.round(pixels / 90));
  const write = (name: string, axis: Axis<number | { valueOf(): number }>, at: string) => {
    const group = select(svg).selectAll<SVGGElement, null>(`g.${name}`).data([null]).join("g")
      .attr("class", name).attr("transform", at);
    group.call(axis as never).attr("font-family", null).attr("font-size", null);
  };
  write("x", axisBottom(x).ticks(ticks(view.width)).tickSize(4), `translate(0,${bottom})`);
  write("y", axisLeft(y).ticks(ticks(view.height)).tickSize(4), `translate(${left},0)`);
  const words = [
    { text: names[0], at: `translate(${view.width - 12},${bottom - 6})` },
    { text: names[1], at: `translate(${left + 12},14) rotate(-90)` },
  ];
  select(svg).selectAll("text.name").data(words).join("text").attr("class", "name")
    .attr("text-anchor", "end").attr("transform", ({ at }) => at).text(({ text }) => text);
}

/** A group in the legend. */
export interface LegendEntry {
  readonly group: number;
  readonly name: string;
  readonly count: number;
  readonly shown: boolean;
}

/** Writes the legend: a press hides a group or shows it again. */
export function writeLegend(
  list: HTMLElement,
  entries: readonly LegendEntry[],
  toggle: (group: number) => void,
): void {
  list.replaceChildren(...entries.map(({ group, name, count, shown }) => {
    const mark = draw("svg", {
      width: "16",
      height: "16",
      viewBox: "-8 -8 16 16",
      "aria-hidden": "true",
    });
    mark.append(draw("path", { d: symbolOf(group, 90), fill: hueOf(group) }));
    const button = make(
      "button",
      { type: "button", title: name },
      mark,
      make("span", { className: "what", textContent: name }),
      make("span", { className: "count", textContent: count.toLocaleString("en") }),
    );
    button.setAttribute("aria-pressed", String(shown));
    button.addEventListener("click", () => toggle(group));
    return make("li", {}, button);
  }));
}

/** Writes what is said of a point beside it. */
export function writeTip(
  box: HTMLElement,
  { title, lines, image }: Tip,
  [x, y]: readonly [number, number],
  { width, height }: View,
): void {
  const picture = image !== undefined && /^(data:image\/|blob:)/.test(image)
    ? [make("img", { src: image, alt: "" })]
    : [];
  box.replaceChildren(
    ...picture,
    make("strong", { textContent: title }),
    ...lines.map((text) => make("p", { textContent: text })),
  );
  box.hidden = false;
  const right = x < width / 2, below = y < height / 2;
  box.style.left = right ? `${x + 12}px` : "auto";
  box.style.right = right ? "auto" : `${width - x + 12}px`;
  box.style.top = below ? `${y + 12}px` : "auto";
  box.style.bottom = below ? "auto" : `${height - y + 12}px`;
}
