import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Device } from "../../shell/device/device.ts";
import { Cancelled } from "../../shell/errors.ts";
import {
  continuity,
  type ProjectionOptions,
  trustworthiness,
} from "../../shell/metrics/trustworthiness.ts";
import { devices, release, retain } from "../devices.ts";
import golden from "../golden/trustworthiness.json" with { type: "json" };
import { near, randoms } from "../harness.ts";
import { failure, someOf, withPoints } from "./reference.ts";

const test = suite("trustworthiness of a projection");
retain();

type Score = typeof trustworthiness;

const measure = (
  device: Device,
  score: Score,
  [x, dim]: readonly [Float32Array, number],
  [y, wide]: readonly [Float32Array, number],
  options: ProjectionOptions = {},
) =>
  withPoints(
    device,
    x,
    dim,
    (points) =>
      withPoints(device, y, wide, (projection) => score(device, points, projection, options)),
  );

for (const device of devices()) {
  const on = (name: string, run: (device: Device) => Promise<void>) =>
    test(`${device.name} ${name}`, async () => await run(await device.open()));

  on("equals scikit-learn", async (device) => {
    for (const { name, x, y, scores } of someOf(device, golden.cases)) {
      const high = [Float32Array.from(x.data), x.shape[1]] as const;
      const low = [Float32Array.from(y.data), y.shape[1]] as const;
      for (const one of scores.filter((_, i) => device.info.kind === "wasm" || i === 0)) {
        const check = async (score: Score, metric: "euclidean" | "cosine", want: number) => {
          const got = await measure(device, score, high, low, { neighbours: one.k, metric });
          // Rows of length 1 in float32 may swap two points whose angles agree to 7 digits.
          const n = x.shape[0], rank = 2 / (n * one.k * (2 * n - 3 * one.k - 1));
          const abs = metric === "cosine" ? 2.1 * rank : 0;
          near([got], [want], { abs, rel: 1e-5 }, `${name}, ${one.k}, ${score.name}, ${metric}`);
        };
        await check(trustworthiness, "euclidean", one.trustworthiness);
        await check(continuity, "euclidean", one.continuity);
        await check(trustworthiness, "cosine", one.cosine);
        await check(continuity, "cosine", one.cosine_continuity);
      }
    }
  });

  on("is 1 for a map that keeps every order, also with duplicates", async (device) => {
    const x = Float32Array.from({ length: 90 }, (_, i) => Math.floor(i / 3) ** 2 / 8);
    for (const score of [trustworthiness, continuity]) {
      assert.is(await measure(device, score, [x, 1], [x.map((v) => 2 * v), 1]), 1);
    }
  });

  on("refuses what cannot be compared", async (device) => {
    const x = randoms(12, 1);
    const of = (y: Float32Array, options: ProjectionOptions = {}, points = x) =>
      failure(RangeError, () => measure(device, trustworthiness, [points, 2], [y, 1], options));
    const y = randoms(6, 2);
    assert.match(await of(y), /from 1 to 256 and less than half of the 6 points, got 5/);
    assert.match(await of(y, { neighbours: 3 }), /half of the 6 points, got 3/);
    assert.match(await of(randoms(5, 2)), /points and projection must be as many, got 6 and 5/);
    assert.match(
      await of(y.fill(NaN), { neighbours: 2 }),
      /projection: every number must be finite/,
    );
    const zeros = x.map((v, i) => i >> 1 === 4 ? 0 : v);
    const cosine = await of(randoms(6, 2), { neighbours: 2, metric: "cosine" }, zeros);
    assert.match(cosine, /only zeros in row 4/);
  });

  on("stops on request", async (device) => {
    const stop = new AbortController();
    stop.abort();
    const x = randoms(30, 1), options = { signal: stop.signal };
    const run = () => measure(device, continuity, [x, 2], [randoms(15, 2), 1], options);
    assert.match(await failure(Cancelled, run), "stopped on request");
  });
}

test.after(release);
test.run();
