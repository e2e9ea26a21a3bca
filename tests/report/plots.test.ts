import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  bars,
  contingency,
  curves,
  picturesOf,
  profile,
  scatter,
  silhouettes,
} from "../../shell/report/index.ts";
import { Philox } from "../../shell/random.ts";
import { all, readXml } from "./xml.ts";

const test = suite("plots");

const HOSTILE = `<script>globalThis.hit=1</script>"'&\u0000\u202e`;

/** The words of a picture. */
const words = (svg: string) => all(readXml(svg), "text").map(({ text }) => text);

test("scatter: few points are shapes at the places of the scales", () => {
  const svg = scatter({
    positions: Float32Array.of(0, 0, 10, 10, 5, 5, NaN, 1),
    groups: Int32Array.of(0, 1, -1, 1),
    title: "map",
    width: 400,
    height: 300,
  });
  const root = readXml(svg);
  assert.is(root.attributes["aria-label"], "map");
  const places = all(root, "path").map(({ attributes }) => attributes.transform)
    .filter((at) => at !== undefined).slice(0, 3);
  // The plot lies from 60 to 400 - 12 - (11.5 letters of 6.96 pixels + 30) and from 12 to 252.
  const wide = 9 * 12 * 0.58 + 30, right = 400 - wide - 12;
  const x = (v: number) => 68 + v / 10 * (right - 8 - 68),
    y = (v: number) => 244 - v / 10 * (244 - 20);
  const numbers = places.map((at) => at.match(/[\d.]+/g)!.map(Number));
  for (const [i, v] of [5, 0, 10].entries()) {
    assert.ok(Math.abs(numbers[i][0] - x(v)) < 0.02, `${numbers[i][0]} is not ${x(v)}`);
    assert.ok(Math.abs(numbers[i][1] - y(v)) < 0.02, `${numbers[i][1]} is not ${y(v)}`);
  }
  assert.equal(words(svg).slice(-3), ["noise", "cluster 0", "cluster 1"]);
});

test("scatter: 70,000 points are dots in less than 1.2 MB", () => {
  const random = new Philox(1), n = 70_000;
  const positions = Float32Array.from({ length: 2 * n }, () => random.normal());
  const groups = Int32Array.from({ length: n }, (_, i) => i % 10);
  const svg = scatter({ positions, groups, title: "many" });
  const dots = all(readXml(svg), "path").filter(({ attributes }) => attributes["stroke-linecap"]);
  assert.is(dots.length, 10);
  assert.is(dots.reduce((sum, { attributes }) => sum + attributes.d.split("M").length - 1, 0), n);
  assert.ok(svg.length < 1.2e6, `${svg.length} characters`);
});

test("curves: values on a line, gaps where there are none", () => {
  const svg = curves({
    ...{
      curves: [{ name: "loss", values: [4, NaN, 1, 1] }],
      title: "loss",
      xLabel: "epoch",
      yLabel: "loss",
    },
    ...{ width: 300, height: 200 },
  });
  const [line] = all(readXml(svg), "path").filter(({ attributes }) =>
    attributes["stroke-width"] === "2"
  );
  assert.is(line.attributes.d.match(/M/g)!.length, 2);
  // x from 72 to 276 over 1 to 4; y from 148 for 1 (nice: 1 to 4) up to 32.
  assert.match(line.attributes.d, /^M72,32/);
  assert.match(line.attributes.d, /M208,148L276,148$/);
});

test("bars: lengths follow the values", () => {
  const rows = [10, 5, 0].map((value, group) => ({ group, value, name: `c${group}` }));
  const widths = all(readXml(bars({ bars: rows, title: "sizes", xLabel: "rows" })), "rect")
    .map(({ attributes }) => Number(attributes.width));
  assert.ok(Math.abs(widths[0] - 2 * widths[1]) < 0.02);
  assert.is(widths[2], 0);
});

test("contingency: classes stand where their cluster is", () => {
  const svg = contingency({
    counts: [[0, 9, 1], [8, 0, 0]],
    rows: ["a", "b"],
    columns: ["x", "y", "z"],
    title: "table",
  });
  assert.equal(words(svg).filter((word) => /^[xyz]$/.test(word)), ["y", "z", "x"]);
  const cells = all(readXml(svg), "rect").map((cell) => cell.children[0].text);
  assert.is(cells[0], "a, y: 9 (90.0%)");
  assert.is(cells.length, 6);
});

test("silhouettes and profiles of nothing, of one, of hostile names", () => {
  const one = { cluster: 0, name: HOSTILE, size: 3, values: [0.5, 0.1, -0.4] };
  for (const clusters of [[], [one]]) readXml(silhouettes({ title: HOSTILE, mean: 0.1, clusters }));
  const features = [{ name: HOSTILE, deviation: -2, mean: 1e6 }, {
    name: "b",
    deviation: 0,
    mean: NaN,
  }];
  readXml(profile({ title: "p", cluster: 3, features: [] }));
  const shown = words(profile({ title: "p", cluster: 3, features }));
  assert.ok(shown.some((word) => word.startsWith("<script>")));
});

test("all pictures of a run, with hostile names, are well formed and the same everywhere", async () => {
  const random = new Philox(7), n = 60;
  const pictures = picturesOf({
    run: {
      ...{ status: "finished", method: "dec", settings: { map: "pca" } },
      data: { name: HOSTILE, rows: n },
      metrics: { silhouette: 0.2 },
      losses: { pretraining: [1, 0.5, NaN], [HOSTILE]: [0.1] },
    },
    rows: {
      ids: Int32Array.from({ length: n }, (_, i) => i),
      clusters: Int32Array.from({ length: n }, (_, i) => i % 4 - 1),
      positions: Float32Array.from({ length: 2 * n }, () => random.uniform()),
      labels: Int32Array.from({ length: n }, (_, i) => i % 3),
      labelNames: ["a", HOSTILE, "c"],
    },
    gallery: {
      clusters: [{ cluster: 0, size: 9, typical: [], atypical: [], silhouettes: [0.3, 0.1] }],
    },
  });
  pictures.forEach(({ svg }) => readXml(svg));
  const bytes = new TextEncoder().encode(pictures.map(({ svg }) => svg).join("\n"));
  if (globalThis.crypto?.subtle === undefined) return;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  assert.is(
    Array.from(hash.subarray(0, 6), (b) => b.toString(16).padStart(2, "0")).join(""),
    "503de3224f64",
  );
});

test.run();
