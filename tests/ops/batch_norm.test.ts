/** Batch normalisation as recorded, with gradients and running statistics. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Device } from "../../shell/device/device.ts";
import { Parameters } from "../../shell/nn/parameters.ts";
import { batchNorm, type BatchNormTensors } from "../../shell/ops/batch_norm.ts";
import { meanSquaredError } from "../../shell/ops/losses.ts";
import { Graph } from "../../shell/plan/graph.ts";
import { compile } from "../../shell/plan/plan.ts";
import { data, state, type Tensor } from "../../shell/plan/tensor.ts";
import { devices, release, retain } from "../devices.ts";
import golden from "../golden/pool_norm.json" with { type: "json" };
import { near, randoms, type Tolerance } from "../harness.ts";
import { normalised } from "../kernels/normalising.ts";
import { centralDifferences } from "../reference.ts";

type Norm = typeof golden.norms.dense;

/** Tensors of a layer of c columns. */
function tensors(p: Parameters, c: number): BatchNormTensors {
  return {
    gamma: p.add("gamma", [c], 0, 1),
    beta: p.add("beta", [c], 0),
    runningMean: state("running_mean", [c]),
    runningVariance: state("running_variance", [c]),
  };
}

const free = (device: Device, p: Parameters, ...more: Tensor[]) =>
  device.free(p.tensors[0], p.tensors[0].grad!, ...more);

/** A step in training or eval, whose loss has the gradient dy. */
async function step(
  device: Device,
  layer: BatchNormTensors,
  x: Tensor,
  { momentum, epsilon }: Norm,
  want: Norm["steps"][number],
  tolerance: Tolerance,
): Promise<void> {
  const t = data("t", want.y.shape);
  const g = new Graph("step");
  const y = g.output(batchNorm(g, x, layer, want.training, { momentum, epsilon }));
  g.backward(meanSquaredError(g, y, t));
  const plan = compile(g);
  await device.load(plan);
  device.write(x, Float32Array.from(want.x.data));
  device.write(t, Float32Array.from(want.y.data, (v, i) => v - t.size / 2 * want.dy.data[i]));
  device.run(plan);
  near(await device.read(y, plan), want.y.data, tolerance, "y");
  const results = { dx: x, dgamma: layer.gamma, dbeta: layer.beta } as const;
  for (const [name, tensor] of Object.entries(results)) {
    const expected = want[name as keyof typeof results].data;
    near(await device.read(tensor.grad!), expected, tolerance, name);
  }
  near(await device.read(layer.runningMean), want.running_mean.data, { rel: 1e-6 }, "mean");
  const variance = want.running_variance.data;
  near(await device.read(layer.runningVariance), variance, { rel: 1e-5 }, "variance");
  device.unload(plan);
  device.free(t);
}

const test = suite("batch norm");
retain();
for (const device of devices()) {
  for (const [name, norm] of Object.entries(golden.norms) as [string, Norm][]) {
    test(`${device.name} ${name} as PyTorch: two steps of training, one of eval`, async () => {
      const on = await device.open();
      const parameters = new Parameters();
      const layer = tensors(parameters, norm.gamma.data.length);
      const x = parameters.add("x", norm.steps[0].x.shape, 0);
      on.write(layer.gamma, Float32Array.from(norm.gamma.data));
      on.write(layer.beta, Float32Array.from(norm.beta.data));
      on.write(layer.runningMean, new Float32Array(layer.gamma.size));
      on.write(layer.runningVariance, new Float32Array(layer.gamma.size).fill(1));
      // float32 holds a mean of 1000 to 3e-5, and in eval y - t, the gradient here, to 3e-5 of 800.
      const far = name === "far_from_zero";
      const tolerance = far ? { abs: 5e-4, rel: 5e-5 } : { abs: 1e-5, rel: 1e-5 };
      for (const want of norm.steps) await step(on, layer, x, norm, want, tolerance);
      free(on, parameters, layer.runningMean, layer.runningVariance);
    });
  }

  test(`${device.name} several blocks, one layer applied twice`, async () => {
    const on = await device.open();
    const [m, c] = [75, 3];
    const parameters = new Parameters();
    const layer = tensors(parameters, c);
    const x = parameters.add("x", [m / 3, 3 * c], 0);
    const t = data("t", [m, c]);
    const g = new Graph("twice");
    const loss = meanSquaredError(g, batchNorm(g, batchNorm(g, x, layer, true), layer, true), t);
    g.backward(g.output(loss));
    const plan = compile(g);
    await on.load(plan);
    const values = { x: randoms(m * c, 1, -1, 4), gamma: randoms(c, 2, 0.5, 2), beta: randoms(c) };
    on.write(x, values.x);
    on.write(layer.gamma, values.gamma);
    on.write(layer.beta, values.beta);
    const target = randoms(m * c, 3);
    on.write(t, target);
    on.run(plan);

    const f = (x: ArrayLike<number>, gamma: ArrayLike<number>, beta: ArrayLike<number>) => {
      const y = normalised(normalised(x, gamma, beta, 1e-5), gamma, beta, 1e-5);
      return y.reduce((s, v, i) => s + (v - target[i]) ** 2, 0) / (m * c);
    };
    near(await on.read(loss, plan), [f(values.x, values.gamma, values.beta)], { rel: 1e-5 }, "L");
    const want = {
      dx: centralDifferences((v) => f(v, values.gamma, values.beta), values.x),
      dgamma: centralDifferences((v) => f(values.x, v, values.beta), values.gamma),
      dbeta: centralDifferences((v) => f(values.x, values.gamma, v), values.beta),
    };
    const tolerance = { abs: 2e-6, rel: 1e-4 };
    near(await on.read(x.grad!), want.dx, tolerance, "dx");
    near(await on.read(layer.gamma.grad!), want.dgamma, tolerance, "dgamma");
    near(await on.read(layer.beta.grad!), want.dbeta, tolerance, "dbeta");
    on.unload(plan);
    free(on, parameters, t, layer.runningMean, layer.runningVariance);
  });
}

test("what does not fit is refused", () => {
  const layer = tensors(new Parameters(), 3);
  const record = (shape: number[], training: boolean, settings = {}) => () =>
    batchNorm(new Graph("wrong"), data("x", shape), layer, training, settings);
  assert.throws(record([4, 5], true), /x must be rows of 3 numbers, as gamma, got \[4, 5\]/);
  assert.throws(record([1, 3], true), /a batch to train on must have two rows or more/);
  assert.not.throws(record([1, 3], false));
  assert.not.throws(record([1, 1, 2, 3], true));
  assert.throws(record([4, 3], true, { momentum: 2 }), /momentum must be in \[0, 1\], got 2/);
  assert.throws(record([4, 3], true, { epsilon: 0 }), /epsilon must be above 0, got 0/);
  const beta = data("beta", [2]);
  const wrong = () => batchNorm(new Graph("wrong"), data("x", [4, 3]), { ...layer, beta }, true);
  assert.throws(wrong, /beta must be \[3\], got \[2\]/);
});
test.after(release);
test.run();
