import { suite } from "uvu";
import * as assert from "uvu/assert";
import { kmeans, type Metric } from "../../shell/cluster/kmeans.ts";
import {
  kmeansConfidence,
  kmeansPredict,
  kmeansTransform,
} from "../../shell/cluster/kmeans_predict.ts";
import { Cancelled } from "../../shell/errors.ts";
import { devices, release, retain } from "../devices.ts";
import { near, randoms } from "../harness.ts";
import { centresOf, groups, square } from "../kernels/clustering.ts";
import { onDevice, refusal } from "./points.ts";

const test = suite("kmeans predict");
retain();

/** Distances to all centres in float64, row by row. */
function distances(x: Float32Array, centres: Float32Array, dim: number, metric: Metric): number[] {
  const length = (v: Float32Array, i: number) =>
    Math.sqrt(square(v, i, new Float32Array(dim), 0, dim));
  return Array.from(
    { length: x.length / dim },
    (_, i) =>
      Array.from({ length: centres.length / dim }, (_, j) => {
        if (metric === "euclidean") return Math.sqrt(square(x, i, centres, j, dim));
        let dot = 0;
        for (let d = 0; d < dim; d++) dot += x[i * dim + d] * centres[j * dim + d];
        return 1 - dot / (length(x, i) * length(centres, j));
      }),
  ).flat();
}

for (const device of devices()) {
  for (const metric of ["euclidean", "cosine"] as const) {
    test(`${device.name} places points, ${metric}`, async () => {
      const dim = 5, k = 6;
      const x = groups(400, dim, k, 2);
      const on = await device.open();
      const found = await onDevice(
        on,
        x,
        dim,
        (on, points) => kmeans(on, points, { clusters: k, seed: 3, metric, tolerance: 0 }),
      );
      const own = await onDevice(on, x, dim, (on, points) => kmeansPredict(on, points, found));
      assert.equal(own.labels, found.labels);
      near(own.distances, found.distances, { rel: 1e-5, abs: 1e-7 }, "distances");

      const other = groups(333, dim, k, 1);
      const want = distances(other, found.centres, dim, metric);
      const told: number[] = [];
      const all = await onDevice(
        on,
        other,
        dim,
        (on, points) =>
          kmeansTransform(on, points, found, { onProgress: (done) => told.push(done) }),
      );
      near(all, want, { rel: 2e-5, abs: 1e-6 }, "transform");
      assert.equal(told, [333]);
      const { labels } = await onDevice(
        on,
        other,
        dim,
        (on, points) => kmeansPredict(on, points, found),
      );
      labels.forEach((label, i) => {
        const row = want.slice(i * k, (i + 1) * k);
        assert.ok(row[label] <= Math.min(...row) * (1 + 1e-5) + 1e-7, `point ${i}`);
      });
      const sure = await onDevice(
        on,
        other,
        dim,
        (on, points) => kmeansConfidence(on, points, found),
      );
      const margins = Array.from(labels, (_, i) => {
        const [first, second] = want.slice(i * k, (i + 1) * k).sort((a, b) => a - b);
        return 1 - first / second;
      });
      near(sure, margins, { abs: 1e-4 }, "confidence");
    });
  }

  test(`${device.name} goes tile by tile`, async () => {
    // Some 8,000 points of 64 numbers with 3 centres fill a tile.
    const dim = 64, n = 9000, x = groups(n, dim, 3);
    const found = { centres: centresOf(dim, 3), metric: "euclidean" as const };
    const on = await device.open();
    const told: number[] = [];
    const onProgress = (done: number) => told.push(done);
    const { labels } = await onDevice(
      on,
      x,
      dim,
      (on, points) => kmeansPredict(on, points, found, { onProgress }),
    );
    assert.is(told.length, 2);
    assert.is(told[1], n);
    assert.equal(labels, Uint32Array.from(labels, (_, i) => i * 7 % 3));
    const all = await onDevice(on, x, dim, (on, points) => kmeansTransform(on, points, found));
    const last = distances(x.slice(-5 * dim), found.centres, dim, "euclidean");
    near(all.slice(-15), last, { rel: 1e-5 }, "transform");
  });

  test(`${device.name} is sure of one centre, of none of two in one place`, async () => {
    const on = await device.open();
    const sure = (x: number[], centres: number[]) =>
      onDevice(on, Float32Array.from(x), 2, (on, points) =>
        kmeansConfidence(on, points, {
          centres: Float32Array.from(centres),
          metric: "euclidean",
        }));
    assert.equal([...await sure([5, 5, -1, 3], [1, 2])], [1, 1]);
    assert.equal([...await sure([1, 2, 4, 6], [1, 2, 1, 2])], [0, 0]);
    // On a centre, half-way, and beyond the outer one of three.
    assert.equal([...await sure([0, 0, 1, 0, -2, 0], [0, 0, 2, 0, 9, 0])], [1, 0, 0.5]);
  });

  test(`${device.name} refuses what has no answer`, async () => {
    const on = await device.open();
    const found = { centres: randoms(6, 1), metric: "cosine" as const };
    const place = (x: Float32Array, dim: number) =>
      refusal(() => onDevice(on, x, dim, (on, points) => kmeansPredict(on, points, found)));
    assert.match(await place(randoms(8, 2), 4), /as wide as the centres, got points:f32\[2,4\]/);
    assert.match(
      await place(Float32Array.of(1, 2, NaN, 4), 2),
      /finite, got NaN or infinity in row 1/,
    );
    assert.match(await place(Float32Array.of(1, 2, 0, 0, 3, 4), 2), /length 0 .* in row 1: remove/);
    const stop = new AbortController();
    stop.abort();
    try {
      await onDevice(
        on,
        randoms(8, 2),
        2,
        (on, points) => kmeansPredict(on, points, found, { signal: stop.signal }),
      );
      assert.unreachable();
    } catch (error) {
      assert.instance(error, Cancelled);
    }
  });
}

test.after(release);
test.run();
