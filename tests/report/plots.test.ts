import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  bars,
  choices,
  contingency,
  curves,
  dendrogram,
  kDistance,
  picturesOf,
  profile,
  scatter,
  silhouettes,
} from "../../shell/report/index.ts";
import { cutByCount, type MergeTree, treeOf } from "../../shell/cluster/merge_tree.ts";
import { Philox } from "../../shell/random.ts";
import { hueOf } from "../../shell/report/theme.ts";
import golden from "../golden/hierarchical_tree.json" with { type: "json" };
import { all, type Node, readXml } from "./xml.ts";

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

test("curves: powers of ten have numbers at their axis, however little they span", () => {
  const ticksOf = (values: number[]) => {
    const labels = { title: "loss", xLabel: "epoch", yLabel: "loss" };
    const svg = curves({ curves: [{ name: "loss", values }], log: true, ...labels });
    return all(readXml(svg), "text").filter(({ attributes, text }) =>
      attributes["text-anchor"] === "end" && text !== ""
    ).map(({ text, attributes }) => [Number(text.replace("k", "000")), Number(attributes.y) - 4]);
  };
  for (const values of [[0.9, 0.5], [0.0631, 0.0629], [1000, 0.01], [5, 5]]) {
    const ticks = ticksOf(values);
    assert.ok(ticks.length >= 2 && ticks.length < 12, `${values}: ${ticks.length} ticks`);
    // Their logarithms lie on a line.
    const [[a, ya], [b, yb]] = [ticks[0], ticks.at(-1)!];
    for (const [tick, y] of ticks) {
      const wanted = ya + (yb - ya) * Math.log(tick / a) / Math.log(b / a);
      assert.ok(Math.abs(y - wanted) < 0.05, `${tick} of ${values}`);
    }
  }
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
    "34c6fcf55f72",
  );
});

/** Numbers in the attributes of a picture's elements. */
const numbers = (text: string) => (text.match(/-?[\d.]+/g) ?? []).map(Number);

/** Points on a line at 0, 1, 3, 7, 20, 21: merges of single linkage. */
const TREE: MergeTree = treeOf({
  pairs: Uint32Array.of(0, 1, 4, 5, 1, 2, 2, 3, 3, 4),
  heights: Float64Array.of(1, 1, 2, 4, 13),
});

/** The brackets of a dendrogram: its only paths without a fill. */
const bracketsOf = (root: Node) =>
  all(root, "path").map(({ attributes }) => attributes).filter(({ fill }) => fill === "none");

/** What stands below the leaves: upright text with an end, as no axis has. */
const leavesOf = (root: Node) =>
  all(root, "text").filter(({ attributes }) =>
    attributes["text-anchor"] === "end" && attributes.transform?.includes("-90")
  ).map(({ text }) => text);

/** The tree of a linkage matrix. */
function treeFromMatrix(matrix: readonly number[]): MergeTree {
  const merges = matrix.length / 4,
    at = (j: number) => (_: unknown, m: number) => matrix[4 * m + j];
  return {
    points: merges + 1,
    children: Uint32Array.from({ length: 2 * merges }, (_, i) => matrix[4 * (i >> 1) + i % 2]),
    heights: Float64Array.from({ length: merges }, at(2)),
    sizes: Uint32Array.from({ length: merges }, at(3)),
  };
}

test("dendrogram: a bracket for each merge at its height, colours below the cut", () => {
  const labels = cutByCount(TREE, 2);
  const root = readXml(dendrogram({ tree: TREE, labels, title: "tree" }));
  const brackets = bracketsOf(root);
  assert.is(brackets.length, 5);
  const tops = brackets.map(({ d }) => numbers(d)[3]);
  // The axis goes from 0 at 400 - 24 - 14 - 7 letters to 13 at 20.
  const foot = 400 - 24 - 14 - 7, y = (h: number) => foot - h / 13 * (foot - 20);
  [1, 1, 2, 4, 13].forEach((h, m) =>
    assert.ok(Math.abs(tops[m] - y(h)) < 0.02, `${m}: ${tops[m]}`)
  );
  assert.is(new Set(brackets.map(({ stroke }) => stroke)).size, 3);
  assert.is(brackets[4].stroke, "var(--asterism-soft)");
  const [cut] = all(root, "line").filter(({ attributes }) => attributes["stroke-dasharray"]);
  assert.ok(Math.abs(Number(cut.attributes.y1) - y((4 + 13) / 2)) < 0.02);
  const said = all(root, "text").map(({ text }) => text);
  const leaves = leavesOf(root);
  assert.equal(leaves.toSorted(), ["0", "1", "2", "3", "4", "5"]);
  for (const word of ["cut at 8.5", "cluster 0", "cluster 1"]) assert.ok(said.includes(word), word);
  assert.match(
    all(root, "desc")[0].text,
    "The highest merge is at 13; the tree is cut at 8.5 into 2 clusters.",
  );
  // A shape below each leaf, and in the legend.
  const shapes = all(root, "path").filter(({ attributes }) => attributes.transform)
    .map(({ attributes }) => attributes.fill);
  assert.equal(shapes.slice(0, 6), leaves.map((leaf) => hueOf(labels[Number(leaf)])));
  assert.is(shapes.length, 6 + 2);
});

test("dendrogram: rows go by their numbers in the source, leaves above the cut have no shape", () => {
  const ids = [10, 11, 12, 13, 14, 15], labels = cutByCount(TREE, 5);
  const root = readXml(dendrogram({ tree: TREE, labels, ids, leaves: 3 }));
  assert.equal(leavesOf(root).toSorted(), ["(2)", "(3)", "13"]);
  // Of the leaves only the lone row is within one cluster; the others are in the legend.
  assert.is(all(root, "path").filter(({ attributes }) => attributes.transform).length, 1 + 5);
});

test("dendrogram: the last 6 leaves as scipy draws them", () => {
  const tree = treeFromMatrix(golden.linkage.data);
  const root = readXml(dendrogram({ tree, leaves: 6 }));
  assert.equal(leavesOf(root), golden.top.ivl);
  const found = bracketsOf(root).map(({ d }) => numbers(d));
  // Pixels are a multiple of scipy's places, from the left edge and from the foot.
  const right = 720 - 12, foot = 400 - 24 - 14 - 7 * 4, highest = golden.top.dcoord.at(-1)![1];
  golden.top.icoord.forEach((xs, m) =>
    xs.forEach((x, i) => {
      const y = foot - golden.top.dcoord[m][i] / highest * (foot - 20);
      assert.ok(Math.abs(found[m][2 * i] - (64 + x / 60 * (right - 64))) < 0.02, `x of ${m}`);
      assert.ok(Math.abs(found[m][2 * i + 1] - y) < 0.02, `y of ${m}`);
    })
  );
});

test("dendrogram: of a large tree the last merges, with the sizes of their groups", () => {
  const random = new Philox(3), n = 500;
  const at = Float64Array.from({ length: n }, () => random.uniform()).sort();
  const tree = treeOf({
    pairs: Uint32Array.from({ length: 2 * (n - 1) }, (_, i) => (i + 1) >> 1),
    heights: Float64Array.from({ length: n - 1 }, (_, i) => at[i + 1] - at[i]),
  });
  const root = readXml(dendrogram({ tree, leaves: 12, labels: cutByCount(tree, 3) }));
  assert.is(bracketsOf(root).length, 11);
  const names = leavesOf(root);
  assert.is(names.length, 12);
  const sizes = names.map((name) => /^\((\d+)\)$/.exec(name)?.[1] ?? "1").map(Number);
  assert.is(sizes.reduce((a, b) => a + b), n);
  // Two merges above the cut join three colours.
  const soft = bracketsOf(root).filter(({ stroke }) => stroke.includes("soft"));
  assert.is(soft.length, 2);
});

test("k-distances: the knee stays a point of the curve and is marked", () => {
  const n = 50_000, distances = Float32Array.from({ length: n }, (_, i) => i < 49_123 ? 1 : 5);
  const svg = kDistance({ distances, knee: 49_122, eps: 1, minPoints: 5 });
  const [mark] = all(readXml(svg), "line").filter(({ attributes }) =>
    attributes["stroke-dasharray"]
  );
  const [curve] = all(readXml(svg), "path").filter(({ attributes }) => attributes.fill === "none");
  const places = numbers(curve.attributes.d);
  const at = places.findIndex((v, i) =>
    i % 2 === 0 && Math.abs(v - Number(mark.attributes.x1)) < 0.01
  );
  assert.ok(at >= 0, "the knee is on the curve");
  assert.ok(places[at + 3] < places[at + 1], "and the distances rise behind it");
  for (const word of ["eps 1: 98.2% core points", "distance to neighbour 4"]) {
    assert.ok(words(svg).includes(word), word);
  }
  assert.match(svg, "<desc>The curve rises from 1 to 5; the suggested eps, 1, makes 98.2% core");
});

test("choices: a panel for each criterion that was asked for, its choice, and the recommended", () => {
  const rows = [1, 2, 3, 4].map((k) => ({
    ...{ k, inertia: 10 / k, silhouette: k === 1 ? null : 0.5 / k, stability: null },
    ...{ calinskiHarabasz: k === 1 ? null : 100 * k, daviesBouldin: null },
    ...{ gap: k, gapError: 0.25 },
  }));
  const found = {
    silhouette: 2,
    gap: 4,
    stability: null,
    calinskiHarabasz: 4,
    daviesBouldin: null,
  };
  const svg = choices({ rows, choices: found, recommended: 4 });
  const root = readXml(svg), points = all(root, "circle");
  assert.is(points.length, 3 + 3 + 4);
  const large = points.filter(({ attributes }) => attributes.r === "5");
  assert.is(large.length, 3);
  const lines = all(root, "line").map(({ attributes }) => attributes);
  // One in each panel, and that of the legend.
  assert.is(lines.filter((one) => one["stroke-dasharray"]).length, 3 + 1);
  // Error bars are as long as twice the error on the axis of the gap.
  const [a, b] = points.slice(-2).map(({ attributes }) => Number(attributes.cy));
  const bars = lines.filter(({ x1, x2, stroke }) => x1 === x2 && stroke.includes("soft"))
    .map(({ y1, y2 }) => Math.abs(Number(y1) - Number(y2)));
  assert.ok(bars.filter((long) => Math.abs(long - (a - b) / 2) < 0.02).length === 4);
  const caps = lines.filter(({ y1, y2, x1, x2, stroke }) =>
    y1 === y2 && Number(x2) - Number(x1) === 8 && stroke.includes("soft")
  );
  assert.is(caps.length, 8);
  assert.match(
    all(root, "desc")[0].text,
    "Recommended: 4 clusters. Each score alone prefers: " +
      "silhouette 2, Calinski-Harabasz 4, gap statistic 4.",
  );
  assert.ok(words(svg).includes("200") && !words(svg).some((word) => /e\+/.test(word)));
});

test.run();
