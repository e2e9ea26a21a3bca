import { suite } from "uvu";
import * as assert from "uvu/assert";
import { linkage, type LinkageOptions } from "../../shell/cluster/hierarchical.ts";
import { cutByCount, cutByHeight, type MergeTree } from "../../shell/cluster/merge_tree.ts";
import type { Device } from "../../shell/device/device.ts";
import { Cancelled } from "../../shell/errors.ts";
import { data } from "../../shell/plan/tensor.ts";
import { devices, release, retain } from "../devices.ts";
import digits from "../golden/hierarchical_digits.json" with { type: "json" };
import iris from "../golden/hierarchical_iris.json" with { type: "json" };
import shapes from "../golden/hierarchical_shapes.json" with { type: "json" };
import wine from "../golden/hierarchical_wine.json" with { type: "json" };
import { near, randoms } from "../harness.ts";
import { groups, integers, square } from "../kernels/clustering.ts";

const test = suite("hierarchical");
retain();

/** The tree of rows of `dim` numbers. */
async function treeOf(
  device: Device,
  x: ArrayLike<number>,
  dim: number,
  options: LinkageOptions,
): Promise<MergeTree> {
  const points = data("points", [x.length / dim, dim]);
  device.write(points, Float32Array.from(x));
  try {
    return await linkage(device, points, options);
  } finally {
    device.free(points);
  }
}

const text = (labels: Uint32Array) => Array.from(labels, (label) => label.toString(36)).join("");

/** Always merges the closest two, in float64, the distances of all pairs of points at hand. */
function naive(x: Float32Array, dim: number, method: string, cosine: boolean) {
  const n = x.length / dim;
  const norm = (i: number) => Math.sqrt(square(x, i, new Float32Array(dim), 0, dim));
  const unit = Float64Array.from(x, (v, at) => cosine ? v / norm(Math.floor(at / dim)) : v);
  const d = (i: number, j: number) => {
    const one = square(unit as unknown as Float32Array, i, unit, j, dim);
    return cosine ? one / 2 : Math.sqrt(one);
  };
  let clusters = Array.from({ length: n }, (_, i) => [i]);
  const mean = (a: number[]) =>
    Array.from({ length: dim }, (_, q) => a.reduce((s, i) => s + unit[i * dim + q], 0) / a.length);
  const distance = (a: number[], b: number[]) => {
    if (method === "ward") {
      const [p, q] = [mean(a), mean(b)];
      const factor = 2 * a.length * b.length / (a.length + b.length);
      return Math.sqrt(factor * p.reduce((s, v, t) => s + (v - q[t]) ** 2, 0));
    }
    const all = a.flatMap((i) => b.map((j) => d(i, j)));
    if (method === "single") return Math.min(...all);
    if (method === "complete") return Math.max(...all);
    return all.reduce((s, v) => s + v, 0) / all.length;
  };
  const heights: number[] = [];
  while (clusters.length > 1) {
    let best = [Infinity, 0, 0];
    clusters.forEach((a, p) =>
      clusters.slice(0, p).forEach((b, q) => {
        const one = distance(a, b);
        if (one < best[0]) best = [one, p, q];
      })
    );
    const [height, p, q] = best;
    heights.push(height);
    const both = [...clusters[p], ...clusters[q]];
    clusters = [...clusters.filter((_, i) => i !== p && i !== q), both];
  }
  return heights;
}

const KINDS: readonly LinkageOptions[] = [
  { method: "ward" },
  { method: "single" },
  { method: "complete" },
  { method: "average" },
  { method: "single", metric: "cosine" },
  { method: "complete", metric: "cosine" },
  { method: "average", metric: "cosine" },
];

/** What every tree must satisfy. */
function verify(tree: MergeTree): void {
  const { points: n, children, heights, sizes } = tree;
  assert.is(heights.length, n - 1);
  assert.equal(Array.from(children).sort((a, b) => a - b), [...new Array(2 * n - 2).keys()]);
  const sizeOf = (c: number) => c < n ? 1 : sizes[c - n];
  sizes.forEach((size, m) => {
    const [a, b] = [children[2 * m], children[2 * m + 1]];
    assert.ok(a < b && b < n + m && size === sizeOf(a) + sizeOf(b));
    assert.ok(m === 0 || heights[m] >= heights[m - 1]);
  });
}

for (const device of devices()) {
  const on = (name: string, run: (device: Device) => Promise<void>) =>
    test(`${device.name} ${name}`, async () => await run(await device.open()));

  for (const { cases } of [iris, wine, digits, shapes]) {
    for (const { name, x, trees } of cases) {
      on(`equals scipy: ${name}`, async (device) => {
        for (const { method, metric, heights, cuts } of trees) {
          const options = { method, metric } as LinkageOptions;
          const what = `${method} ${metric}`;
          const tree = await treeOf(device, x.data, x.shape[1], options);
          verify(tree);
          near(tree.heights, heights, { rel: 1e-4, abs: 2e-7 }, what);
          for (const [k, labels] of Object.entries(cuts)) {
            assert.is(text(cutByCount(tree, Number(k))), labels, `${what}, ${k} clusters`);
          }
        }
      });
    }
  }

  on("always merges the closest two", async (device) => {
    for (const options of KINDS) {
      const { method, metric } = options;
      for (const [n, dim] of [[2, 1], [9, 1], [33, 7]]) {
        const x = randoms(n * dim, n + 3, 0.5, 3);
        const tree = await treeOf(device, x, dim, options);
        verify(tree);
        const want = naive(x, dim, method!, metric === "cosine");
        near(tree.heights, want, { rel: 1e-5, abs: 1e-7 }, `${method} ${metric} ${n} x ${dim}`);
      }
    }
  });

  on("closes gaps, many times", async (device) => {
    const n = 700, x = groups(n, 2, 10), want = groupOf(n);
    for (const options of KINDS.slice(0, 2)) {
      const told: number[] = [];
      const onProgress = (done: number, total: number) =>
        told.push(done) && assert.is(total, n - 1);
      const tree = await treeOf(device, x, 2, { ...options, onProgress });
      verify(tree);
      // The host looks several times, and fewer than 3 in 4 slots are in use by then.
      assert.is(told.at(-1), n - 1);
      assert.ok(told.some((done) => done > n / 4 && done < n - 1));
      assert.equal(told, [...told].sort((a, b) => a - b));
      assert.equal(cutByCount(tree, 10), want, options.method);
    }
  });

  on("takes equal distances: every point at one of few places", async (device) => {
    const n = 270, x = integers(2 * n, 4, 3);
    const places = new Set(Array.from({ length: n }, (_, i) => 4 * x[2 * i] + x[2 * i + 1]));
    for (const options of KINDS.slice(0, 4)) {
      const tree = await treeOf(device, x, 2, options);
      verify(tree);
      assert.is(tree.heights.filter((h) => h === 0).length, n - places.size);
      const labels = cutByHeight(tree, 0);
      assert.is(new Set(labels).size, places.size);
      assert.equal(labels, cutByCount(tree, places.size));
    }
    const one = await treeOf(device, new Float32Array(30).fill(7), 3, {});
    assert.equal(Array.from(one.heights), new Array(9).fill(0));
  });

  on("takes huge and tiny numbers", async (device) => {
    const x = randoms(60, 5, -2, 2);
    for (const method of ["ward", "single", "complete", "average"] as const) {
      const plain = await treeOf(device, x, 2, { method });
      for (const factor of [2 ** 100, 2 ** -100]) {
        const tree = await treeOf(device, x.map((v) => v * factor), 2, { method });
        assert.equal(tree.children, plain.children);
        near(tree.heights.map((h) => h / factor), plain.heights, { rel: 1e-6 }, method);
      }
    }
  });

  on("refuses bad input in one sentence, stops on request", async (device) => {
    const message = async (x: Float32Array, options: LinkageOptions = {}) => {
      try {
        await treeOf(device, x, 2, options);
      } catch (error) {
        if (error instanceof RangeError) return error.message;
        throw error;
      }
      return "";
    };
    const x = randoms(20, 1);
    assert.match(await message(Float32Array.of(1, 2)), /at least 2 points, got 1/);
    assert.match(await message(x, { method: "median" as "ward" }), /method must be one of ward/);
    assert.match(await message(x, { metric: "l1" as "cosine" }), /metric must be euclidean or/);
    assert.match(await message(x, { metric: "cosine" }), /Ward needs Euclidean distances/);
    assert.match(
      await message(x.map((v, i) => i === 5 ? NaN : v)),
      /finite, got .* row 2, column 1/,
    );
    const zero = x.map((v, i) => i === 6 || i === 7 ? 0 : v);
    assert.match(
      await message(zero, { metric: "cosine", method: "average" }),
      /row 3 is zero and has no cosine: remove it/,
    );
    const many = new Float32Array(2 * 23_171);
    assert.match(
      await message(many, { method: "complete" }),
      /takes at most 23170 points, got 23171/,
    );
    const signal = AbortSignal.abort();
    for (const options of KINDS) {
      try {
        await treeOf(device, x, 2, { ...options, signal });
        assert.unreachable();
      } catch (error) {
        assert.instance(error, Cancelled);
      }
    }
  });
}

/** Numbers of the groups of `groups`, by their first point. */
function groupOf(n: number): Uint32Array {
  return Uint32Array.from({ length: n }, (_, i) => i % 10);
}

test("any number of workers gives the same bits, and all devices the same labels", async () => {
  const x = groups(300, 5, 8);
  for (const options of KINDS) {
    const first = new Map<string, MergeTree>();
    let labels: Uint32Array | undefined;
    for (const device of devices()) {
      const tree = await treeOf(await device.open(), x, 5, options);
      if (device.family.startsWith("wasm")) {
        assert.equal(tree, first.get(device.family) ?? tree);
        first.set(device.family, tree);
      }
      const cut = cutByCount(tree, 8);
      assert.equal(cut, labels ?? cut);
      labels = cut;
    }
  }
});

test.after(release);
test.run();
