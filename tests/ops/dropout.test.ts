/** Dropout as recorded: the backward pass draws the mask of the forward pass again. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Parameters } from "../../shell/nn/parameters.ts";
import { dropout } from "../../shell/ops/elementwise.ts";
import { meanSquaredError } from "../../shell/ops/losses.ts";
import { Graph } from "../../shell/plan/graph.ts";
import { compile } from "../../shell/plan/plan.ts";
import { data } from "../../shell/plan/tensor.ts";
import { devices, release, retain } from "../devices.ts";
import { near, randoms } from "../harness.ts";
import { fractions } from "../kernels/random.ts";

const N = 1030;
const KEEP = 0.75;

const test = suite("dropout");
retain();
for (const device of devices()) {
  test(`${device.name} value and gradient, anew for every step`, async () => {
    const on = await device.open();
    const parameters = new Parameters();
    const x = parameters.add("x", [10, N / 10], 1);
    const t = data("t", x.shape);
    const g = new Graph("dropout");
    const draw = { seed: 4, stream: 2, step: g.scalar("step", "u32") };
    const y = g.output(dropout(g, x, KEEP, draw));
    g.backward(meanSquaredError(g, y, t));
    const plan = compile(g);
    await on.load(plan);
    const [values, targets] = [randoms(N, 1), randoms(N, 2)];
    on.write(x, values);
    on.write(t, targets);
    for (const step of [1, 2]) {
      on.run(plan, [{ step }]);
      const mask = fractions(N, { ...draw, step }).map((u) => u < KEEP ? 1 / KEEP : 0);
      const want = mask.map((share, i) => share * values[i]);
      near(await on.read(y, plan), want, { rel: 1e-6 }, `y, step ${step}`);
      const grad = mask.map((share, i) => 2 / N * share * (want[i] - targets[i]));
      near(await on.read(x.grad!), grad, { rel: 1e-5, abs: 1e-9 }, `dx, step ${step}`);
    }
    on.unload(plan);
    on.free(x, x.grad!, t);
  });
}

test("the share to keep must be above 0 and at most 1", () => {
  const x = data("x", [2, 3]);
  const record = (keep: number) => () =>
    dropout(new Graph("wrong"), x, keep, { seed: 0, stream: 0, step: 0 });
  assert.throws(record(0), /keep must be above 0 and at most 1, got 0/);
  assert.throws(record(1.5), /got 1.5/);
  assert.not.throws(record(1));
});
test.after(release);
test.run();
