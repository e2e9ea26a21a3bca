/** The hook between steps: it may wait and read codes, and changes no bit. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Autoencoder } from "../../shell/methods/autoencoder.ts";
import { upload } from "../../shell/methods/rows.ts";
import { mlp } from "../../shell/nn/layers.ts";
import { devices, release, retain } from "../devices.ts";
import { randoms } from "../harness.ts";

const test = suite("between steps");

retain();
for (const one of devices()) {
  test(`${one.name}: the same bits, while codes are read and time passes`, async () => {
    const device = await one.open();
    const n = 200, values = randoms(n * 6, 1);
    const options = { input: 6, encoder: mlp([8, 2]), clusters: 3, epochs: 4, batch: 32, seed: 3 };
    const rows = upload(device, values, 6);
    const fit = async (between?: (model: Autoencoder) => Promise<void>) => {
      const model = new Autoencoder(device, options);
      return await model.fit(rows, { between: between && (() => between(model)) });
    };
    const without = await fit();
    let calls = 0, moved = 0;
    let before: Float32Array | undefined;
    const watched = await fit(async (model) => {
      calls++;
      const codes = await model.codes(rows, Uint32Array.of(0, 7, 199));
      assert.is(codes.length, 6);
      if (before && codes.some((v, i) => v !== before![i])) moved++;
      before = codes.slice();
      await new Promise((resolve) => setTimeout(resolve, 1));
    });
    assert.ok(calls >= 4, `called ${calls} times`);
    assert.ok(moved >= 2, `codes moved ${moved} times`);
    assert.equal(watched.embedding, without.embedding);
    assert.equal(watched.labels, without.labels);
    rows.free();
  });
}

test.after(release);
test.run();
