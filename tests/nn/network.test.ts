/** Networks against PyTorch: loss, gradients and the weights after three steps of Adam. */

import { suite } from "uvu";
import type { Activation } from "../../shell/kernels/activation.ts";
import { mlp } from "../../shell/nn/layers.ts";
import { network } from "../../shell/nn/network.ts";
import { adam } from "../../shell/nn/optimizers.ts";
import { Parameters } from "../../shell/nn/parameters.ts";
import { crossEntropy, meanSquaredError } from "../../shell/ops/losses.ts";
import { Graph } from "../../shell/plan/graph.ts";
import { compile } from "../../shell/plan/plan.ts";
import { data, type Tensor } from "../../shell/plan/tensor.ts";
import { devices, release, retain, type TestDevice } from "../devices.ts";
import golden from "../golden/network.json" with { type: "json" };
import { near } from "../harness.ts";

interface Values {
  readonly shape: number[];
  readonly data: number[];
}

interface Expected {
  readonly losses: number[];
  readonly dw: Values[];
  readonly db: Values[];
  readonly w_after: Values[];
  readonly b_after: Values[];
}

interface Inputs {
  readonly x: Values;
  readonly w: Values[];
  readonly b: Values[];
}

/** Gradients of the first step, weights after the third. */
async function check(
  one: TestDevice,
  inputs: Inputs,
  want: Expected,
  record: (g: Graph, p: Parameters, x: Tensor) => Tensor,
): Promise<void> {
  const device = await one.open();
  const parameters = new Parameters();
  const x = data("x", inputs.x.shape);
  const g = new Graph("network");
  const loss = g.output(record(g, parameters, x));
  g.backward(loss);
  const optimizer = adam(parameters);
  optimizer.record(g);
  const plan = compile(g);
  await device.load(plan);
  device.write(x, Float32Array.from(inputs.x.data));
  const flat = inputs.w.flatMap((w, i) => [w, inputs.b[i]]);
  parameters.tensors.forEach((t, i) => device.write(t, Float32Array.from(flat[i].data)));
  for (let step = 1; step <= 3; step++) {
    device.run(plan, [optimizer.scalars(step, 0.01)]);
    const got = await device.read(loss, plan);
    near(got, [want.losses[step - 1]], { rel: 1e-5 }, `loss ${step}`);
    if (step > 1) continue;
    const grads = want.dw.flatMap((w, i) => [w, want.db[i]]);
    for (const [i, t] of parameters.tensors.entries()) {
      near(await device.read(t.grad!), grads[i].data, { abs: 1e-6, rel: 1e-4 }, `d ${t}`);
    }
  }
  const after = want.w_after.flatMap((w, i) => [w, want.b_after[i]]);
  for (const [i, t] of parameters.tensors.entries()) {
    // Adam divides by the root of a squared gradient: a tiny one keeps few digits.
    near(await device.read(t), after[i].data, { abs: 2e-5, rel: 1e-4 }, `${t} after`);
  }
  device.unload(plan);
  device.free(x, ...optimizer.memory.map((slab) => slab.whole()));
  device.free(parameters.weights.whole(), parameters.grads.whole());
}

const test = suite("network");
retain();
for (const device of devices()) {
  for (const [activation, want] of Object.entries(golden.mlp)) {
    test(`${device.name} classifier, ${activation}`, async () => {
      const inputs = golden.mlp_inputs;
      const label = data("label", [inputs.classes.length], "u32");
      (await device.open()).write(label, Uint32Array.from(inputs.classes));
      const sizes = [inputs.w[0].shape[0], ...inputs.w.map((w) => w.shape[1])];
      await check(device, inputs, want, (g, p, x) => {
        const layers = mlp(sizes.slice(1), { activation: activation as Activation });
        const net = network(p, "net", [sizes[0]], layers);
        return crossEntropy(g, net.apply(g, x), label);
      });
    });
  }
  test(`${device.name} autoencoder`, async () => {
    const inputs = golden.autoencoder_inputs;
    const sizes = [inputs.w[0].shape[0], ...inputs.w.map((w) => w.shape[1])];
    await check(device, inputs, golden.autoencoder, (g, p, x) => {
      const half = sizes.length >> 1;
      const encoder = network(p, "encoder", [sizes[0]], mlp(sizes.slice(1, half + 1)));
      const decoder = network(p, "decoder", encoder.output, mlp(sizes.slice(half + 1)));
      return meanSquaredError(g, decoder.apply(g, encoder.apply(g, x)), x);
    });
  });
}
test.after(release);
test.run();
