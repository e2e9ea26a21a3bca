/** The judge of clusterings: its graph, its score; and warnings about codes. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { modularity, neighbourGraph } from "../../shell/methods/guard.ts";
import { upload } from "../../shell/methods/rows.ts";
import type { History } from "../../shell/methods/train.ts";
import { warningsOf } from "../../shell/methods/warnings.ts";
import { mlp } from "../../shell/nn/layers.ts";
import { network } from "../../shell/nn/network.ts";
import { Parameters } from "../../shell/nn/parameters.ts";
import { devices, release, retain } from "../devices.ts";
import { near, randoms } from "../harness.ts";

/** Modularity by its definition on the adjacency matrix, each directed edge as an undirected one. */
function naive(neighbours: ArrayLike<number>, k: number, labels: ArrayLike<number>): number {
  const n = labels.length;
  const a = Array.from({ length: n }, () => new Array(n).fill(0));
  for (let e = 0; e < neighbours.length; e++) {
    const i = Math.floor(e / k), j = neighbours[e];
    a[i][j]++;
    a[j][i]++;
  }
  const degrees = a.map((row) => row.reduce((x, y) => x + y, 0));
  const ends = degrees.reduce((x, y) => x + y, 0);
  let q = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (labels[i] === labels[j]) q += a[i][j] / ends - degrees[i] * degrees[j] / ends ** 2;
    }
  }
  return q;
}

/** Three groups of points, far from each other. */
const N = 90, WIDTH = 3;
const noise = randoms(N * WIDTH, 4, -1, 1);
const points = Float32Array.from(
  { length: N * WIDTH },
  (_, e) => 10 * (Math.floor(e / WIDTH) % 3 === e % WIDTH ? 1 : 0) + noise[e],
);
const groups = Uint32Array.from({ length: N }, (_, i) => i % 3);

const test = suite("guard");
retain();

test("modularity is that of the definition", () => {
  const k = 4, n = 25;
  const r = randoms(n * k, 3, 0, 1);
  const neighbours = Uint32Array.from(
    r,
    (v, e) => (Math.floor(e / k) + 1 + Math.floor(v * 24)) % n,
  );
  const graph = { ids: new Uint32Array(n), neighbours, k };
  for (const clusters of [1, 2, 5, 25]) {
    const labels = Array.from({ length: n }, (_, i) => i * 7 % clusters);
    near([modularity(graph, labels)], [naive(neighbours, k, labels)], { abs: 1e-12 }, "Q");
  }
  assert.is(modularity(graph, new Array(n).fill(3)), 0);
});

for (const one of devices()) {
  test(`${one.name}: neighbours lie in one group, nearest first; the groups score best`, async () => {
    const device = await one.open();
    const rows = upload(device, points, WIDTH);
    const graph = await neighbourGraph(device, rows);
    rows.free();
    assert.is(graph.k, 10);
    assert.equal(graph.ids, Uint32Array.from({ length: N }, (_, i) => i));
    const distance = (i: number, j: number) =>
      [0, 1, 2].reduce((s, d) => s + (points[3 * i + d] - points[3 * j + d]) ** 2, 0);
    for (let i = 0; i < N; i++) {
      const others = Array.from(graph.ids).filter((j) => j !== i)
        .sort((a, b) => distance(i, a) - distance(i, b) || a - b);
      const found = graph.neighbours.slice(10 * i, 10 * i + 10);
      const want = others.slice(0, 10).map((j) => distance(i, j));
      near(Array.from(found, (j) => distance(i, j)), want, { abs: 1e-4 }, `row ${i}`);
    }
    const right = modularity(graph, groups);
    near([right], [2 / 3], { abs: 1e-6 }, "three groups of one size");
    const spoilt = groups.map((g, i) => i < 20 ? (g + 1) % 3 : g);
    const merged = groups.map((g) => g >> 1);
    for (const worse of [spoilt, merged]) assert.ok(modularity(graph, worse) < right);
  });
}

test("fewer rows than neighbours", async () => {
  const device = await devices()[0].open();
  const rows = upload(device, points.subarray(0, 4 * WIDTH), WIDTH);
  const graph = await neighbourGraph(device, rows);
  rows.free();
  assert.is(graph.k, 3);
  assert.equal(Array.from(graph.neighbours.slice(0, 3)).sort(), [1, 2, 3]);
});

test("warnings: dead units, a code larger than its input, divergence", () => {
  const encoder = network(new Parameters(), "net", [5], mlp([3]));
  const codes = Float32Array.of(1, 2, 3, 1, 4, 3, 1, 5, 3);
  const history = (stopReason: string) =>
    ({ training: { stopReason, losses: [1, 2] } }) as unknown as Record<string, History>;
  assert.equal(warningsOf({ encoder }, history("epochs"), Float32Array.of(1, 2, 3, 4, 5, 6)), []);
  const dead = warningsOf({ encoder }, history("epochs"), codes);
  assert.is(dead.length, 1);
  assert.match(
    dead[0],
    /^2 of the 3 numbers of the code are the same for every row: use a smaller/,
  );
  const diverged = warningsOf({ encoder }, history("diverged"), codes);
  assert.match(diverged[0], /^training diverged after epoch 2: the state of that epoch was kept/);
  const wide = network(new Parameters(), "net", [2], mlp([3]));
  const large = warningsOf({ encoder: wide }, history("epochs"), Float32Array.of(1, 2, 3, 4, 5, 6));
  assert.match(large[0], /^the code has 3 numbers and a row has 2: .*, use a smaller embedding$/);
});

test.after(release);
test.run();
