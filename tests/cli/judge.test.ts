/** What metrics say where they are left out. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { judge, sampleOf } from "../../shell/cli/evaluate/judge.ts";
import type { Device } from "../../shell/device/device.ts";

const test = suite("judge");

test("the silhouette is exact where that does not take long, unless it is said", () => {
  const distance = { metric: "euclidean", seed: 1 } as const;
  const sizes = [[70_000, 10], [316_000, 10], [317_000, 10], [70_000, 784]];
  const taken = sizes.map(([n, width]) => sampleOf(distance, n, width).size);
  assert.equal(taken, [undefined, undefined, 10_000, 10_000]);
  assert.is(
    sampleOf(distance, 317_000, 10).why,
    "silhouette: of a sample of 10,000 of 317,000 rows, with an interval, because all pairs take " +
      "long (--silhouette exact takes all rows)",
  );
  const others = [
    { ...distance, silhouette: "exact" },
    { ...distance, metric: "cosine" } as const,
    { ...distance, silhouette: "sample" },
    { ...distance, sample: 500 },
  ];
  const got = others.map((one) => sampleOf(one, 1e6, 100));
  assert.equal(got, [{}, {}, { size: 10_000 }, { size: 500 }]);
});

test("rows that the device cannot hold: a note, and no figure", async () => {
  const notes: string[] = [];
  const device = { info: { largest: 47 } } as Device;
  const figures = await judge(
    {
      labels: Int32Array.of(0, 0, 1, 1),
      classes: Int32Array.of(1, 1, 0, 0),
      points: { device, values: new Float32Array(12), width: 3 },
    },
    {
      metrics: ["silhouette", "accuracy"],
      noise: "exclude",
      distance: { metric: "euclidean", seed: 1 },
      signal: new AbortController().signal,
      bar: { update: () => {}, done: () => {} },
      warn: (text) => notes.push(text),
    },
  );
  assert.equal(figures, { silhouette: null, accuracy: 1 });
  assert.equal(notes, [
    "silhouette: left out, because 4 rows of 3 numbers do not fit on the device: evaluate fewer " +
    "rows with --limit",
  ]);
});

test.run();
