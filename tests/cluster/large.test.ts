/** Numbers that are finite, and whose squares are not in float32: a sentence, never NaN. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { miniBatchKmeans } from "../../shell/cluster/mini_batch.ts";
import { suggestEps } from "../../shell/cluster/suggest_eps.ts";
import type { Device } from "../../shell/device/device.ts";
import { upload } from "../../shell/methods/rows.ts";
import { silhouette } from "../../shell/metrics/silhouette.ts";
import { silhouetteSample } from "../../shell/metrics/silhouette_sample.ts";
import { nearestNeighbours } from "../../shell/neighbours/neighbours.ts";
import type { Tensor } from "../../shell/plan/tensor.ts";
import { pca } from "../../shell/project/pca.ts";
import { devices, release, retain } from "../devices.ts";
import { randoms } from "../harness.ts";
import { onDevice, refusal } from "./points.ts";

const test = suite("large numbers");
retain();

const N = 40, DIM = 3;
const x = randoms(N * DIM, 4).map((v) => v * 1e37);
const labels = Int32Array.from({ length: N }, (_, i) => i % 2);

const CALLS: Record<string, (device: Device, points: Tensor) => Promise<unknown>> = {
  async miniBatchKmeans(device) {
    const source = upload(device, x, DIM);
    try {
      await miniBatchKmeans(device, source, { clusters: 2, batch: 8, epochs: 1 });
    } finally {
      source.free();
    }
  },
  neighbours: (device, points) => nearestNeighbours(device, points, { k: 3 }),
  pca,
  silhouette: (device, points) => silhouette(device, points, labels),
  silhouetteSample: (device, points) => silhouetteSample(device, points, labels, { size: 9 }),
};

for (const one of devices()) {
  test(`${one.name} tells`, async () => {
    const device = await one.open();
    for (const [name, call] of Object.entries(CALLS)) {
      const said = await refusal(() => onDevice(device, x, DIM, call));
      assert.match(said, `${name}: squared distances must fit in float32, got `);
    }
    const randomised = { components: 1, solver: "randomised" } as const;
    const call = (device: Device, points: Tensor) => pca(device, points, randomised);
    assert.match(await refusal(() => onDevice(device, x, DIM, call)), "pca: squared");
    const eps = (device: Device, points: Tensor) => suggestEps(device, points, { minPoints: 4 });
    assert.match(await refusal(() => onDevice(device, x, DIM, eps)), "neighbours: squared");
  });
}

test.after(release);
test.run();
