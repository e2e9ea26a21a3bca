/** What metrics say where they are left out. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { judge } from "../../shell/cli/evaluate/judge.ts";
import type { Device } from "../../shell/device/device.ts";

const test = suite("judge");

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
