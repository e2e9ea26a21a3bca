/** Random augmentation as recorded: settings, shapes, a new draw for every step. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Parameters } from "../../shell/nn/parameters.ts";
import { augment, type AugmentOptions } from "../../shell/ops/augment.ts";
import { Graph } from "../../shell/plan/graph.ts";
import { compile } from "../../shell/plan/plan.ts";
import { data } from "../../shell/plan/tensor.ts";
import { devices, release, retain } from "../devices.ts";
import { near, randoms } from "../harness.ts";
import { augmented } from "../kernels/augmenting.ts";

const [m, h, w, c] = [6, 11, 8, 2];
const values = randoms(m * h * w * c, 1, 0, 1);

const test = suite("augment");
retain();
for (const device of devices()) {
  test(`${device.name} by the formula, anew for every step`, async () => {
    const on = await device.open();
    const x = data("x", [m, h * w * c]);
    const g = new Graph("augment");
    const draw = { seed: 5, stream: 9, step: g.scalar("step", "u32") };
    const image = [h, w, c] as const;
    const defaults = g.output(augment(g, x, draw, { image }));
    const options = { angle: 90, shift: 0.5, zoom: [0.5, 2] as const, image };
    const far = g.output(augment(g, x, draw, options));
    const plan = compile(g);
    await on.load(plan);
    on.write(x, values);
    for (const step of [0, 1]) {
      on.run(plan, [{ step }]);
      const params = { m, h, w, c, seed: 5, stream: 9, step };
      const ranges = { turn: 10 / 360, shift_h: 1.1, shift_w: 0.8, zoom_low: 1, zoom_high: 1 };
      const want = augmented(values, { ...params, ...ranges });
      near(await on.read(defaults, plan), want, { abs: 2e-5 }, `defaults, step ${step}`);
      const wide = { turn: 0.25, shift_h: 5.5, shift_w: 4, zoom_low: 0.5, zoom_high: 2 };
      const all = augmented(values, { ...params, ...wide });
      near(await on.read(far, plan), all, { abs: 2e-5 }, `all ranges, step ${step}`);
    }
    on.unload(plan);
    on.free(x);
  });
}

test("the result has the shape of x", () => {
  const g = new Graph("shapes");
  const draw = { seed: 0, stream: 0, step: 0 };
  assert.equal(augment(g, data("x", [m, h, w, c]), draw).shape, [m, h, w, c]);
});

test("what does not fit is refused", () => {
  const draw = { seed: 0, stream: 0, step: 0 };
  const x = data("x", [m, h, w, c]);
  const wrong: [AugmentOptions, RegExp][] = [
    [{ angle: -1 }, /angle must be 0 to 180 degrees, got -1/],
    [{ angle: NaN }, /angle must be 0 to 180 degrees, got NaN/],
    [{ shift: -0.1 }, /shift must be a share of the size, 0 or more, got -0.1/],
    [{ zoom: [2, 1] }, /zoom must be two factors above 0, the smaller first, got 2, 1/],
    [{ zoom: [0, 1] }, /zoom must be two factors above 0/],
    [{ image: [3, 3, 3] }, /augment: x must be \[n, h, w, c\]/],
  ];
  for (const [options, message] of wrong) {
    assert.throws(() => augment(new Graph("wrong"), x, draw, options), message);
  }
  const flat = data("x", [m, h * w * c]);
  assert.throws(() => augment(new Graph("wrong"), flat, draw), /augment: x must be/);
  const parameter = new Parameters().add("x", [m, h, w, c], 1);
  assert.throws(() => augment(new Graph("wrong"), parameter, draw), /must not need a gradient/);
});
test.after(release);
test.run();
