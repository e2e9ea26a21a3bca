/** The layer: its starting values, what the optimizer changes, and what it leaves alone. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { batchNormalisation } from "../../shell/nn/batch_norm.ts";
import { sgd } from "../../shell/nn/optimizers.ts";
import { Parameters } from "../../shell/nn/parameters.ts";
import { meanSquaredError } from "../../shell/ops/losses.ts";
import { Graph } from "../../shell/plan/graph.ts";
import { compile } from "../../shell/plan/plan.ts";
import { data } from "../../shell/plan/tensor.ts";
import { devices, release, retain } from "../devices.ts";
import { near } from "../harness.ts";

const test = suite("batch norm layer");
retain();
for (const device of devices()) {
  test(`${device.name} starts as the identity of standard scores; trains; evaluates`, async () => {
    const on = await device.open();
    const parameters = new Parameters();
    const layer = batchNormalisation(parameters, "norm", 2);
    const x = data("x", [4, 2]);
    const g = new Graph("training");
    const y = g.output(layer.apply(g, x, true));
    g.backward(meanSquaredError(g, y, x));
    const optimizer = sgd(parameters);
    optimizer.record(g);
    const evaluation = new Graph("evaluation");
    const z = evaluation.output(layer.apply(evaluation, x, false));
    const plans = [parameters.initialise(1), g, evaluation].map(compile);
    for (const plan of plans) await on.load(plan);
    on.run(plans[0]);
    on.write(x, new Float32Array([1, 10, 2, 20, 3, 30, 4, 40]));

    on.run(plans[2]);
    const identity = { rel: 1e-5 };
    near(await on.read(z, plans[2]), [1, 10, 2, 20, 3, 30, 4, 40], identity, "before training");

    on.run(plans[1], [optimizer.scalars(1, 0.01)]);
    const scores = [-3, -3, -1, -1, 1, 1, 3, 3].map((v) => v / Math.sqrt(5));
    near(await on.read(y, plans[1]), scores, { rel: 1e-4 }, "standard scores");
    const [mean, variance] = await Promise.all(parameters.buffers.map((t) => on.read(t)));
    near(mean, [0.25, 2.5], { rel: 1e-6 }, "running mean");
    near(variance, [0.9 + 0.1 * 5 / 3, 0.9 + 0.1 * 500 / 3], { rel: 1e-6 }, "running variance");
    const weight = await on.read(parameters.tensors[0]);
    assert.ok(weight.every((v) => v > 1), "the error shrinks with larger weights");

    plans.forEach((plan) => on.unload(plan));
    on.free(x, parameters.weights.whole(), parameters.grads.whole(), parameters.buffers[0]);
    on.free(...optimizer.memory.map((slab) => slab.whole()));
  });
}

test("names are PyTorch's; buffers are no parameters", () => {
  const parameters = new Parameters();
  batchNormalisation(parameters, "encoder.1", 7);
  const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);
  assert.equal(names(parameters.tensors), ["encoder.1.weight", "encoder.1.bias"]);
  assert.equal(names(parameters.buffers), ["encoder.1.running_mean", "encoder.1.running_var"]);
  assert.is(parameters.count, 14);
  assert.ok(parameters.buffers.every((t) => t.grad === null));
});
test.after(release);
test.run();
