/** Gradients of recorded programs against central differences of float64 references. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Activation, ACTIVATIONS } from "../../shell/kernels/activation.ts";
import { Parameters } from "../../shell/nn/parameters.ts";
import { activate, add, scale, unitRows } from "../../shell/ops/elementwise.ts";
import { linear } from "../../shell/ops/linear.ts";
import { binaryCrossEntropy, crossEntropy, meanSquaredError } from "../../shell/ops/losses.ts";
import { Graph } from "../../shell/plan/graph.ts";
import { compile } from "../../shell/plan/plan.ts";
import { data, type Tensor } from "../../shell/plan/tensor.ts";
import { devices, release, retain } from "../devices.ts";
import { unitOf } from "../formulas.ts";
import { near, randoms } from "../harness.ts";
import {
  ACT,
  binaryCrossEntropyOf,
  centralDifferences,
  crossEntropyOf,
  denseLayer,
  type Matrix,
  matrix,
  meanSquare,
} from "../reference.ts";

const M = 9, K = 5, H = 7, N = 3;

/** A program over w1 [K,H], b1 [H], w2 [H,N], b2 [N], and the same in float64. */
interface Example {
  name: string;
  record(g: Graph, x: Tensor, p: Tensor[], t: Tensor, labels: Tensor): Tensor;
  loss(x: Matrix, p: Params, t: Matrix, labels: ArrayLike<number>): number;
}

interface Params {
  w1: Matrix;
  b1: number[];
  w2: Matrix;
  b2: number[];
}

/** Rows divided by their lengths. */
const unit = (x: Matrix): Matrix => x.map((row) => unitOf(row, row.length));

const names = Object.keys(ACTIVATIONS) as Activation[];

const examples: Example[] = [
  ...names.map((act): Example => ({
    name: `two layers, ${act}, mean squared error`,
    record: (g, x, [w1, b1, w2, b2], t) =>
      meanSquaredError(g, linear(g, linear(g, x, w1, b1, act), w2, b2), t),
    loss: (x, p, t) =>
      meanSquare(denseLayer(denseLayer(x, p.w1, p.b1, act), p.w2, p.b2, "identity"), t),
  })),
  ...names.map((act): Example => ({
    name: `activation ${act} at the output and as an op of its own`,
    record: (g, x, [w1, b1, w2, b2], t) =>
      meanSquaredError(g, linear(g, activate(g, linear(g, x, w1, b1), act), w2, b2, act), t, 2),
    loss: (x, p, t) => {
      const h = denseLayer(x, p.w1, p.b1, "identity").map((row) => row.map(ACT[act]));
      return 2 * meanSquare(denseLayer(h, p.w2, p.b2, act), t);
    },
  })),
  {
    name: "softmax cross-entropy",
    record: (g, x, [w1, b1, w2, b2], _, labels) =>
      crossEntropy(g, linear(g, linear(g, x, w1, b1, "relu"), w2, b2), labels),
    loss: (x, p, _, labels) =>
      crossEntropyOf(denseLayer(denseLayer(x, p.w1, p.b1, "relu"), p.w2, p.b2, "identity"), labels),
  },
  {
    name: "binary cross-entropy, no biases",
    record: (g, x, [w1, , w2], t) =>
      binaryCrossEntropy(g, linear(g, linear(g, x, w1, null, "tanh"), w2, null), t),
    loss: (x, p, t) =>
      binaryCrossEntropyOf(
        denseLayer(denseLayer(x, p.w1, null, "tanh"), p.w2, null, "identity"),
        t,
      ),
  },
  {
    name: "rows of length 1, hidden and at the output",
    record: (g, x, [w1, b1, w2, b2], t) => {
      const h = unitRows(g, linear(g, x, w1, b1, "tanh"));
      return meanSquaredError(g, unitRows(g, linear(g, h, w2, b2)), t);
    },
    loss: (x, p, t) => {
      const h = unit(denseLayer(x, p.w1, p.b1, "tanh"));
      return meanSquare(unit(denseLayer(h, p.w2, p.b2, "identity")), t);
    },
  },
  {
    name: "shared layers, a hidden tensor with two readers, add and scale",
    record: (g, x, [w1, b1, w2, b2], t) => {
      const h = linear(g, x, w1, b1, "relu");
      const again = linear(g, scale(g, x, -0.5), w1, b1, "relu");
      const y = linear(g, add(g, h, again), w2, b2);
      return meanSquaredError(g, add(g, y, linear(g, h, w2, b2)), t);
    },
    loss: (x, p, t) => {
      const h = denseLayer(x, p.w1, p.b1, "relu");
      const again = denseLayer(x.map((r) => r.map((v) => -0.5 * v)), p.w1, p.b1, "relu");
      const sum = h.map((r, i) => r.map((v, j) => v + again[i][j]));
      const y = denseLayer(sum, p.w2, p.b2, "identity");
      const z = denseLayer(h, p.w2, p.b2, "identity");
      return meanSquare(y.map((r, i) => r.map((v, j) => v + z[i][j])), t);
    },
  },
];

const SHAPES = [[K, H], [H], [H, N], [N]];
const sizes = SHAPES.map((s) => s.reduce((a, b) => a * b, 1));

function unpack(flat: Float64Array): Params {
  const parts = sizes.map((size, i) => {
    const from = sizes.slice(0, i).reduce((a, b) => a + b, 0);
    return [...flat.subarray(from, from + size)];
  });
  return { w1: matrix(parts[0], H), b1: parts[1], w2: matrix(parts[2], N), b2: parts[3] };
}

const test = suite("gradients");
retain();
for (const device of devices()) {
  for (const example of examples) {
    test(`${device.name} ${example.name}`, async () => {
      const on = await device.open();
      const [xs, ts] = [randoms(M * K, 1), randoms(M * N, 2, 0, 1)];
      const labels = Uint32Array.from({ length: M }, (_, i) => i % N);
      const flat = randoms(sizes.reduce((a, b) => a + b), 3);

      const parameters = new Parameters();
      const p = SHAPES.map((shape, i) => parameters.add(`p${i}`, shape, 1));
      const [x, t] = [data("x", [M, K]), data("t", [M, N])];
      const label = data("label", [M], "u32");
      const g = new Graph("example");
      const loss = g.output(example.record(g, x, p, t, label));
      g.backward(loss);
      const plan = compile(g);
      await on.load(plan);
      on.write(x, xs);
      on.write(t, ts);
      on.write(label, labels);
      let from = 0;
      p.forEach((tensor) => on.write(tensor, flat.slice(from, from += tensor.size)));
      on.run(plan);

      const f = (values: Float64Array) =>
        example.loss(matrix(xs, K), unpack(values), matrix(ts, N), labels);
      near(await on.read(loss, plan), [f(Float64Array.from(flat))], { rel: 1e-5 }, "loss");
      const want = centralDifferences(f, flat);
      from = 0;
      for (const tensor of p) {
        const part = want.slice(from, from += tensor.size);
        if (!g.gradOf(tensor)) assert.ok(part.every((v) => v === 0), `${tensor} has no gradient`);
        else near(await on.read(tensor.grad!), part, { abs: 2e-6, rel: 1e-4 }, `d ${tensor}`);
      }
      on.unload(plan);
      on.free(x, t, label, p[0], p[0].grad!);
    });
  }
}
test.after(release);
test.run();
