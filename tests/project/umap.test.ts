import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Device } from "../../shell/device/device.ts";
import { Cancelled } from "../../shell/errors.ts";
import { data, type Tensor } from "../../shell/plan/tensor.ts";
import { graphOf, umap, type UmapOptions, type UmapProgress } from "../../shell/project/umap.ts";
import { listsOf } from "../../shell/project/umap_neighbours.ts";
import { umapTransform } from "../../shell/project/umap_transform.ts";
import { devices, release, retain } from "../devices.ts";
import golden from "../golden/umap_quality.json" with { type: "json" };
import { near, randoms } from "../harness.ts";
import { groups } from "../kernels/clustering.ts";
import { crossEntropy, type Edge, neighbourAccuracy, trustworthiness } from "./quality.ts";

const test = suite("umap");
retain();

/** Hands rows of `dim` numbers over; nothing stays on the device. */
async function having<T>(
  device: Device,
  all: readonly Float32Array[],
  dim: number,
  act: (...tensors: Tensor[]) => Promise<T>,
): Promise<T> {
  const tensors = all.map((values) => {
    const tensor = data("points", [values.length / dim, dim]);
    device.write(tensor, values);
    return tensor;
  });
  try {
    return await act(...tensors);
  } finally {
    device.free(...tensors);
  }
}

const map = (device: Device, x: Float32Array, dim: number, options: UmapOptions) =>
  having(device, [x], dim, (points) => umap(device, points, options));

const digits = Float32Array.from(golden.pixels, (c) => c.charCodeAt(0) - "a".charCodeAt(0));
const labels = Array.from(golden.labels, Number);
const n = labels.length;

const worst = (name: "trustworthiness" | "accuracy" | "cross_entropy", pick = Math.min) =>
  pick(...golden.maps.map((one) => one[name]));

const first = new Map<string, Float32Array>();

/** All WASM devices of a family give the same bits. */
function sameBits(family: string, what: string, positions: Float32Array): void {
  if (!family.startsWith("wasm")) return;
  const before = first.get(family + what);
  if (before) assert.equal(positions, before, "other bits with another worker count");
  else first.set(family + what, positions);
}

/** Rows without any number that is not finite. */
function finite(positions: Float32Array, length: number): void {
  assert.is(positions.length, length);
  assert.ok(positions.every(Number.isFinite), "not finite");
}

for (const { name: machine, family, open } of devices()) {
  const on = (name: string, run: (device: Device) => Promise<void>) =>
    test(`${machine} ${name}`, async () => await run(await open()));

  on("digits: as good as the reference's maps", async (device) => {
    const { positions, a, b } = await map(device, digits, 64, { seed: 1 });
    finite(positions, 2 * n);
    const trust = trustworthiness(digits, positions, n, 12);
    assert.ok(trust > worst("trustworthiness") - 0.003, `trustworthiness ${trust}`);
    const accuracy = neighbourAccuracy(positions, labels);
    assert.ok(accuracy > worst("accuracy") - 0.012, `accuracy ${accuracy}`);
    const entropy = crossEntropy(positions, n, await edgesOf(device), { a, b });
    assert.ok(entropy < 1.08 * worst("cross_entropy", Math.max), `cross entropy ${entropy}`);
    sameBits(family, "digits", positions);
  });

  on("new digits fall among those of their class", async (device) => {
    const half = n / 2, x = digits.subarray(0, 64 * half), others = digits.subarray(64 * half);
    const options = { epochs: 150, seed: 3 };
    await having(device, [x, others, x.slice(0, 640)], 64, async (points, queries, same) => {
      const fit = await umap(device, points, options);
      const placed = await umapTransform(device, points, fit, queries);
      finite(placed, 2 * half);
      const both = new Float32Array([...fit.positions, ...placed]);
      const accuracy = neighbourAccuracy(both, labels);
      const least = Math.min(...golden.placed_accuracy) - 0.01;
      assert.ok(accuracy > least, `accuracy ${accuracy}`);
      sameBits(family, "new digits", placed);
      // Points of the map itself come out near where they are.
      const again = await umapTransform(device, points, fit, same);
      const moves = Array.from({ length: 10 }, (_, i) =>
        Math.hypot(
          again[2 * i] - fit.positions[2 * i],
          again[2 * i + 1] - fit.positions[2 * i + 1],
        ));
      assert.ok(moves.filter((move) => move < 1).length >= 9, `moved by ${moves}`);
    });
  });

  on("any number of dimensions, cosine, other starts", async (device) => {
    const x = groups(90, 6, 3);
    for (const dimensions of [1, 3, 10]) {
      const { positions } = await map(device, x, 6, { dimensions, epochs: 60 });
      finite(positions, 90 * dimensions);
      const trust = trustworthiness(x, positions, 90, 5);
      assert.ok(trust > (dimensions === 1 ? 0.8 : 0.88), `${dimensions}: trustworthiness ${trust}`);
      sameBits(family, `${dimensions}`, positions);
    }
    // Under cosine the length of a row means nothing.
    const scaled = x.map((v, at) => v * 2 ** (Math.floor(at / 6) % 4));
    const cosine = { metric: "cosine", epochs: 40 } as const;
    const one = await map(device, x, 6, cosine), other = await map(device, scaled, 6, cosine);
    near(other.positions, one.positions, { abs: 1e-2 }, "cosine");
    const random = await map(device, x, 6, { init: "random", epochs: 200 });
    assert.ok(trustworthiness(x, random.positions, 90, 5) > 0.88, "random start");
    const start = randoms(180, 4);
    const given = await map(device, x, 6, { init: start, epochs: 1, learningRate: 0 });
    // Nothing moves: the given positions, each dimension from 0 to 10.
    for (const t of [0, 1]) {
      const column = start.filter((_, at) => at % 2 === t);
      const low = Math.min(...column), high = Math.max(...column);
      const want = Array.from(column, (v) => 10 * (v - low) / (high - low));
      near(given.positions.filter((_, at) => at % 2 === t), want, { abs: 1e-5 }, "given start");
    }
  });

  on("duplicates, parts without a connection, few points", async (device) => {
    const far = groups(120, 3, 4).map((v, at) => v + 1e4 * (Math.floor(at / 3) % 4));
    const apart = await map(device, far, 3, { neighbours: 5, epochs: 60, seed: 2 });
    finite(apart.positions, 240);
    const group = Array.from({ length: 120 }, (_, i) => i % 4);
    assert.is(neighbourAccuracy(apart.positions, group), 1);
    const same = new Float32Array(60 * 2).fill(3);
    same.set([1, 2, 2, 5]);
    finite((await map(device, same, 2, { neighbours: 6, epochs: 50 })).positions, 120);
    finite((await map(device, new Float32Array(40), 2, { epochs: 20 })).positions, 40);
    finite((await map(device, randoms(6, 1), 2, { neighbours: 2, epochs: 11 })).positions, 6);
    finite((await map(device, randoms(8, 1), 2, { neighbours: 4, epochs: 7 })).positions, 8);
    assert.is((await map(device, randoms(30, 1), 3, { epochs: 2 })).neighbours, 10);
    finite((await map(device, randoms(30, 1), 1, { epochs: 30, dimensions: 5 })).positions, 150);
  });

  on("tells how far it is, seeds matter, stops on request", async (device) => {
    const x = groups(60, 4, 3);
    const told: UmapProgress[] = [], seen: Float32Array[] = [];
    const options = { epochs: 21, every: 4, seed: 5 };
    const one = await map(device, x, 4, {
      ...options,
      async onProgress(progress) {
        told.push(progress);
        if (progress.positions) seen.push(await progress.positions());
      },
    });
    const layout = told.filter(({ stage }) => stage === "layout");
    assert.equal(layout.map(({ done }) => done), [4, 8, 12, 16, 20, 21]);
    assert.ok(layout.every(({ total }) => total === 21));
    assert.ok(told.some(({ stage }) => stage === "neighbours"));
    assert.equal(seen.at(-1), one.positions);
    assert.not.equal(seen[0], seen[1]);
    const again = await map(device, x, 4, { ...options, every: 2 });
    assert.equal(again.positions, one.positions, "the same seed, looked at more often");
    const other = await map(device, x, 4, { ...options, seed: 6 });
    assert.not.equal(other.positions, one.positions);
    const stop = new AbortController();
    const onProgress = ({ stage }: UmapProgress) => stage === "layout" ? stop.abort() : undefined;
    try {
      await map(device, x, 4, { epochs: 400, every: 2, signal: stop.signal, onProgress });
      assert.unreachable();
    } catch (error) {
      assert.instance(error, Cancelled);
    }
  });

  on("refuses what has no answer", async (device) => {
    const fails = async (x: Float32Array, options: UmapOptions, pattern: RegExp) => {
      const error = await map(device, x, 3, options).then(() => undefined, (e) => e);
      assert.ok(error instanceof RangeError || error instanceof TypeError, `${error}: ${pattern}`);
      assert.match(error.message, pattern);
    };
    const x = randoms(60, 1);
    await fails(randoms(6, 1), {}, /^umap: a map needs at least 3 points, got 2/);
    await fails(
      randoms(30, 1),
      { neighbours: 15 },
      /^umap: neighbours.* 10, got 15: ask for fewer/,
    );
    await fails(x, { neighbours: 1 }, /^umap: neighbours must be an integer from 2 to 1024, got 1/);
    await fails(x, { dimensions: 0 }, /^umap: dimensions must be .* from 1 to 256, got 0/);
    await fails(x, { epochs: 0.5 }, /^umap: epochs must be an integer from 1 .* got 0.5/);
    await fails(x, { minDist: 2 }, /^umap: minDist must be from 0 to the spread, 1, got 2/);
    await fails(x, { spread: 0 }, /^umap: spread must be a finite number above 0, got 0/);
    await fails(x, { learningRate: NaN }, /^umap: learningRate must be a number from 0 .* NaN/);
    await fails(x, { negatives: -1 }, /^umap: negatives must be an integer from 0 .* got -1/);
    await fails(x, { seed: -1 }, /^umap: seed must be an integer from 0 .* got -1/);
    await fails(x, { every: 0 }, /^umap: every must be an integer from 1 .* got 0/);
    await fails(x, { metric: "manhattan" as "cosine" }, /^umap: metric must be .* got manhattan/);
    await fails(x, { init: "pca" as "random" }, /^umap: init must be .* got pca/);
    await fails(x, { init: new Float32Array(7) }, /^umap: init must be 20 rows of 2 .* got 7/);
    const zero = x.slice().fill(0, 9, 12);
    await fails(zero, { metric: "cosine" }, /^umap: cosine needs points .* row 3 is all zeros/);
    const bad = x.slice();
    bad[7] = NaN;
    await fails(bad, {}, /^umap: every number must be finite, .* row 2, column 1/);
    await having(device, [x, x.subarray(0, 30)], 3, async (points, few) => {
      const fit = await umap(device, points, { epochs: 2 });
      const error = await umapTransform(device, few, fit, points).then(() => 0, (e) => e);
      assert.match(error.message, /the map must be of the points, 10, got a map of 20/);
      const odd = data("odd", [4, 2]);
      const other = await umapTransform(device, points, fit, odd).then(() => 0, (e) => e);
      assert.match(other.message, /new points must be an f32 tensor \[n, 3\], got odd/);
    });
  });
}

/** The edges of the graph of the digits. */
const edgesOf = (device: Device): Promise<Edge[]> =>
  having(device, [digits], 64, async (points) => {
    const lists = await listsOf(device, points, "euclidean", { k: 14 });
    const { start, column, weight } = graphOf(lists, 15);
    const edges: Edge[] = [];
    for (let i = 0; i < n; i++) {
      for (let at = start[i]; at < start[i + 1]; at++) edges.push([i, column[at], weight[at]]);
    }
    return edges;
  });

test.after(release);
test.run();
