/** A convolutional autoencoder against PyTorch: losses, gradients, three steps, evaluation. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Device } from "../../shell/device/device.ts";
import { conv, type Layer, mlp, type Shape } from "../../shell/nn/layers.ts";
import { network } from "../../shell/nn/network.ts";
import { adam, type Optimizer } from "../../shell/nn/optimizers.ts";
import { Parameters } from "../../shell/nn/parameters.ts";
import { mirror } from "../../shell/nn/shapes.ts";
import { meanSquaredError } from "../../shell/ops/losses.ts";
import { Graph } from "../../shell/plan/graph.ts";
import { compile, type Plan } from "../../shell/plan/plan.ts";
import { data, type Tensor } from "../../shell/plan/tensor.ts";
import { devices, release, retain } from "../devices.ts";
import golden from "../golden/conv_network.json" with { type: "json" };
import { near } from "../harness.ts";

const INPUT: Shape = [7, 6, 2];
const { rate, epsilon } = golden.adam;

/** The layers of tests/golden/conv_network.py; dropout of 0 changes nothing. */
function encoderOf(normalise: boolean): Layer[] {
  const none: Layer = { type: "dropout", rate: 0 };
  return [
    ...conv([{ channels: 3, kernel: 3, stride: 2, padding: 1 }], { normalise }),
    none,
    ...conv([{ channels: 4, kernel: 2, stride: 2, padding: [0, 1] }], { normalise }),
    none,
    ...mlp([2]),
  ];
}

/** The autoencoder with a training step and an evaluation, loaded. */
class Subject {
  readonly parameters = new Parameters();
  readonly optimizer: Optimizer;
  readonly x = data("x", golden.x.shape);
  readonly training: Plan;
  readonly evaluation: Plan;
  readonly loss: Tensor;
  readonly evaluated: Tensor;

  constructor(readonly on: Device, normalise: boolean) {
    const layers = encoderOf(normalise);
    const encoder = network(this.parameters, "encoder", INPUT, layers);
    const decoder = network(this.parameters, "decoder", encoder.output, mirror(INPUT, layers));
    const record = (g: Graph, training: boolean) => {
      const y = decoder.apply(g, encoder.apply(g, this.x, { training }), { training });
      return g.output(meanSquaredError(g, y, this.x));
    };
    const training = new Graph("training"), evaluation = new Graph("evaluation");
    this.loss = record(training, true);
    training.backward(this.loss);
    // A bias before a normalisation has a gradient of zero but for rounding, which the usual
    // epsilon would make whole steps of.
    this.optimizer = adam(this.parameters, { epsilon });
    this.optimizer.record(training);
    this.evaluated = record(evaluation, false);
    [this.training, this.evaluation] = [training, evaluation].map(compile);
  }

  async open(): Promise<void> {
    const initial = compile(this.parameters.initialise(1));
    for (const plan of [initial, this.training, this.evaluation]) await this.on.load(plan);
    this.on.run(initial);
    this.on.unload(initial);
    this.on.write(this.x, Float32Array.from(golden.x.data));
  }

  free(): void {
    const { on, parameters, optimizer } = this;
    [this.training, this.evaluation].forEach((plan) => on.unload(plan));
    on.free(this.x, ...Object.values(parameters.state), parameters.grads.whole());
    on.free(...optimizer.memory.map((slab) => slab.whole()));
  }
}

const test = suite("convolutional network");
retain();
for (const device of devices()) {
  for (const kind of ["plain", "normalised"] as const) {
    test(`${device.name} ${kind}`, async () => {
      const on = await device.open();
      const want = golden[kind];
      const subject = new Subject(on, kind === "normalised");
      const { parameters, optimizer, training } = subject;
      const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);
      assert.equal(names(parameters.tensors), names(want.tensors));
      assert.equal(names(parameters.buffers), names(want.buffers));
      await subject.open();
      parameters.tensors.forEach((t, i) => {
        assert.equal(t.shape, want.tensors[i].before.shape, t.name);
        on.write(t, Float32Array.from(want.tensors[i].before.data));
      });
      for (const [i, loss] of want.losses.entries()) {
        on.run(training, [{ ...optimizer.scalars(i + 1, rate), step: i + 1 }]);
        near(await on.read(subject.loss, training), [loss], { rel: 1e-5 }, `loss ${i + 1}`);
        if (i > 0) continue;
        for (const [j, t] of parameters.tensors.entries()) {
          const { grad } = want.tensors[j];
          near(await on.read(t.grad!), grad.data, { abs: 1e-6, rel: 1e-4 }, `d ${t.name}`);
        }
      }
      for (const [j, t] of [...parameters.tensors, ...parameters.buffers].entries()) {
        const { after } = [...want.tensors, ...want.buffers][j];
        near(await on.read(t), after.data, { abs: 1e-5, rel: 1e-5 }, `${t.name} after`);
      }
      on.run(subject.evaluation);
      const evaluated = await on.read(subject.evaluated, subject.evaluation);
      near(evaluated, [want.evaluation], { rel: 1e-5 }, "loss in evaluation");
      subject.free();
    });
  }
}
test.after(release);
test.run();
