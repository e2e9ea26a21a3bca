import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodePng } from "../../shell/data/png.ts";
import { galleryOf } from "../../shell/report/index.ts";

const test = suite("gallery");

const N = 30;
const distances = Float32Array.from({ length: N }, (_, i) => (i * 7) % N);
const clusters = Int32Array.from({ length: N }, (_, i) => i % 2);
const common = {
  ...{ n: N, clusters, count: 2, distances, columns: ["a", "b"] },
  ids: Int32Array.from({ length: N }, (_, i) => 100 + i),
};

test("members are sorted by distance, none is in both lists", () => {
  const { clusters: [even] } = galleryOf({
    ...{ ...common, kind: "table", shape: [2], data: new Float32Array(2 * N) },
  });
  const rows = Array.from({ length: N / 2 }, (_, i) => 2 * i)
    .sort((a, b) => distances[a] - distances[b]);
  assert.is(even.size, 15);
  assert.equal(even.typical.map(({ id }) => id), rows.slice(0, 8).map((row) => 100 + row));
  assert.equal(even.atypical.map(({ id }) => id), rows.slice(8).reverse().map((row) => 100 + row));
});

test("columns: deviations in standard deviations, means in their own unit", () => {
  const data = Float32Array.from({ length: 2 * N }, (_, i) => i % 2 ? 5 : (i >> 1) % 2 ? 1 : 3);
  const { clusters: [even] } = galleryOf({
    ...{ ...common, kind: "table", shape: [2], data },
    original: (column, value) => column === 0 ? 10 * value : value,
  });
  // Column a is 3 in one cluster and 1 in the other: mean 2, deviation 1. Column b never differs.
  assert.equal(even.features, [
    { name: "a", deviation: 1, mean: 30 },
    { name: "b", deviation: 0, mean: 5 },
  ]);
});

test("images come as PNG with the same pixels", () => {
  const data = Uint8Array.from({ length: 12 * N }, (_, i) => i * 37 & 255);
  const { clusters: found, thumbnails } = galleryOf({
    ...{ ...common, kind: "images", shape: [2, 2, 3], data },
  });
  const [{ id, image }] = found[1].typical;
  const bytes = Uint8Array.from(atob(image!.split(",")[1]), (c) => c.charCodeAt(0));
  const { width, height, channels, data: pixels } = decodePng(bytes);
  assert.equal([width, height, channels], [2, 2, 3]);
  const row = id - 100;
  assert.equal([...pixels], [...data.subarray(12 * row, 12 * row + 12)]);
  assert.is(Object.keys(thumbnails!).length, N);
});

test("texts are cut and harmless; classes and names are told", () => {
  const texts = Array.from({ length: N }, (_, i) => `text ${i}\u0000\u202e ${"x".repeat(300)}`);
  const { clusters: [even] } = galleryOf({
    ...{ ...common, kind: "text", shape: [2], data: new Float32Array(0), texts },
    ...{ names: texts.map((_t, i) => i === 0 ? "first" : null) },
    ...{ labels: clusters, labelNames: ["even", "odd"] },
  });
  const { text, name, label } = even.typical[0];
  assert.is(name, "first");
  assert.is(label, "even");
  assert.is(text!.length, 243);
  assert.not.match(text!, /\p{Cc}|\u202e/u);
});

test("many silhouettes become 100 quantiles", () => {
  const n = 5000, values = Float32Array.from({ length: n }, (_, i) => 1 - i / n);
  const { clusters: [only] } = galleryOf({
    ...{ kind: "text", n, shape: [1], data: new Float32Array(0), columns: [] },
    ...{ ids: new Int32Array(n), clusters: new Int32Array(n), count: 1, distances: values },
    silhouettes: values,
  });
  assert.is(only.silhouettes!.length, 100);
  assert.is(only.silhouettes![0], 1);
  assert.ok(Math.abs(only.silhouettes![99] - 1 / n) < 1e-4);
});

test.run();
