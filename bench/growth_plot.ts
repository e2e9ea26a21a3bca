/** Draws costs against the number of points: data in, the text of an SVG out. */

/** One fit. */
export interface Cost {
  readonly n: number;
  readonly seconds: number;
  readonly bytes: number;
}

/** The fits of one algorithm, n rising. */
export interface Curve {
  readonly name: string;
  readonly costs: readonly Cost[];
}

type Key = "seconds" | "bytes";

/** Pixels: of a panel, around it, and of a line of the legend. */
const PANEL = { width: 400, height: 340 };
const LEFT = 76, TOP = 52, BETWEEN = 84, RIGHT = 24, BELOW = 62, LINE = 22, COLUMNS = 4;
const WIDTH = LEFT + 2 * PANEL.width + BETWEEN + RIGHT;

/** Seen on white and on black by most eyes (Okabe and Ito); dashed from the eighth curve on. */
const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#8a7fd6"];
const DASH = "6 3";

const STYLE = `
  svg { --ink: #1f2328; --faint: #d0d7de; --paper: #ffffff; }
  @media (prefers-color-scheme: dark) {
    svg { --ink: #e6edf3; --faint: #3d444d; --paper: #0d1117; }
  }
  .paper { fill: var(--paper); }
  text { fill: var(--ink); font: 12px system-ui, sans-serif; }
  .title { font-size: 14px; font-weight: 600; }
  .middle { text-anchor: middle; }
  .end { text-anchor: end; }
  .grid { stroke: var(--faint); fill: none; }
  .guide { stroke: var(--ink); stroke-dasharray: 1 4; fill: none; }
  .curve { stroke-width: 2; fill: none; stroke-linejoin: round; }
`;

/** Text as XML has it. */
export function escaped(text: string): string {
  const names: Record<string, string> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot" };
  return text.replace(/[&<>"]/g, (c) => `&${names[c]};`);
}

const round = (v: number) => String(Math.round(10 * v) / 10);

/** A power of ten with its unit, as `10 ms`, `1 MB` or `100k`. */
function decade(power: number, key: Key | "n"): string {
  const units = {
    seconds: ["ns", "µs", "ms", "s", "ks"],
    bytes: ["B", "kB", "MB", "GB", "TB"],
    n: ["", "k", "M", "G"],
  }[key];
  const third = Math.floor(power / 3);
  const unit = units[third + (key === "seconds" ? 3 : 0)];
  const number = 10 ** (power - 3 * third);
  return unit === undefined ? `1e${power}` : `${number}${key === "n" ? "" : " "}${unit}`;
}

/** Powers of ten around some values; one decade at least. */
function decades(values: readonly number[]): [number, number] {
  const logs = values.map(Math.log10);
  const low = Math.floor(Math.min(...logs) + 1e-9), high = Math.ceil(Math.max(...logs) - 1e-9);
  return values.length === 0 ? [0, 1] : [low, Math.max(high, low + 1)];
}

/** What can be drawn on an axis of logarithms. */
const drawable = (curve: Curve, key: Key) => curve.costs.filter((c) => c[key] > 0 && c.n > 0);

/** Where values lie in a panel. */
function scales(curves: readonly Curve[], key: Key, left: number) {
  const all = curves.flatMap((curve) => drawable(curve, key));
  const [x0, x1] = decades(curves.flatMap(({ costs }) => costs.map(({ n }) => n)));
  const [y0, y1] = decades(all.map((cost) => cost[key]));
  const x = (power: number) => left + PANEL.width * (power - x0) / (x1 - x0);
  const y = (power: number) => TOP + PANEL.height * (y1 - power) / (y1 - y0);
  return { x0, x1, y0, y1, x, y };
}

type Scales = ReturnType<typeof scales>;

function axes({ x0, x1, y0, y1, x, y }: Scales, key: Key, left: number, label: string): string {
  const out: string[] = [];
  const bottom = TOP + PANEL.height, right = left + PANEL.width;
  for (let p = x0; p <= x1; p++) {
    out.push(`<path class="grid" d="M${round(x(p))} ${TOP}V${bottom}"/>`);
    out.push(`<text class="middle" x="${round(x(p))}" y="${bottom + 18}">${decade(p, "n")}</text>`);
  }
  for (let p = y0; p <= y1; p++) {
    out.push(`<path class="grid" d="M${left} ${round(y(p))}H${right}"/>`);
    out.push(`<text class="end" x="${left - 8}" y="${round(y(p) + 4)}">${decade(p, key)}</text>`);
  }
  const middle = left + PANEL.width / 2;
  out.push(`<text class="middle" x="${middle}" y="${bottom + 40}">number of points n</text>`);
  out.push(`<text class="title" x="${left}" y="${TOP - 12}">${escaped(label)}</text>`);
  // From the corner with the slope of costs that are proportional to n.
  const rise = Math.min(x1 - x0, y1 - y0);
  const [from, to] = [[x(x0), y(y0)], [x(x0 + rise), y(y0 + rise)]];
  out.push(`<path class="guide" d="M${from.map(round).join(" ")}L${to.map(round).join(" ")}"/>`);
  return out.join("\n");
}

/** How the i-th curve is drawn, here and in the legend. */
function look(i: number): { colour: string; stroke: string } {
  const colour = COLOURS[i % COLOURS.length];
  const dashed = i % (2 * COLOURS.length) >= COLOURS.length;
  return { colour, stroke: `stroke="${colour}"${dashed ? ` stroke-dasharray="${DASH}"` : ""}` };
}

function panel(curves: readonly Curve[], key: Key, left: number, label: string): string {
  const all = scales(curves, key, left);
  const lines = curves.map((curve, i) => {
    const { colour, stroke } = look(i);
    const at = drawable(curve, key).map((cost) =>
      [all.x(Math.log10(cost.n)), all.y(Math.log10(cost[key]))].map(round)
    );
    const dots = at.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="2.5" fill="${colour}"/>`);
    const points = at.map((pair) => pair.join(",")).join(" ");
    return `<polyline class="curve" ${stroke} points="${points}"/>\n${dots.join("")}`;
  });
  return `${axes(all, key, left, label)}\n${lines.join("\n")}`;
}

function legend(names: readonly string[]): string {
  const wide = (WIDTH - LEFT - RIGHT) / COLUMNS, top = TOP + PANEL.height + BELOW;
  const entry = (i: number, text: string, line: string) => {
    const x = round(LEFT + i % COLUMNS * wide), y = top + Math.floor(i / COLUMNS) * LINE;
    return `<g transform="translate(${x} ${y})"><path d="M0 0H26" ${line}/>` +
      `<text x="34" y="4">${escaped(text)}</text></g>`;
  };
  const curves = names.map((name, i) => entry(i, name, `class="curve" ${look(i).stroke}`));
  return [...curves, entry(names.length, "proportional to n", 'class="guide"')].join("\n");
}

/**
 * Two panels with logarithmic axes, seconds and bytes against n, with a line in each for every
 * curve, and a legend. Light or dark as the reader prefers.
 *
 * @param dim numbers in a point, for the title
 */
export function growthPlot(curves: readonly Curve[], dim: number): string {
  const rows = Math.ceil((curves.length + 1) / COLUMNS);
  const height = TOP + PANEL.height + BELOW + rows * LINE;
  const second = LEFT + PANEL.width + BETWEEN;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" ` +
    `width="${WIDTH}" height="${height}" role="img">
<title>Time and memory of a fit by the number of points, each of ${dim} numbers</title>
<style>${STYLE}</style>
<rect class="paper" width="${WIDTH}" height="${height}"/>
${panel(curves, "seconds", LEFT, `Seconds a fit (points of ${dim} numbers)`)}
${panel(curves, "bytes", second, "Peak bytes on the device, without the points")}
${legend(curves.map(({ name }) => name))}
</svg>
`;
}
