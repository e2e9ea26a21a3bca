/** Convolutions against PyTorch, a network of them against central differences, and bad input. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Activation, ACTIVATIONS } from "../../shell/kernels/activation.ts";
import { type ConvSizes } from "../../shell/kernels/conv.ts";
import { Parameters } from "../../shell/nn/parameters.ts";
import { conv2d, convTranspose2d, type ConvTransposeOptions } from "../../shell/ops/conv.ts";
import { meanSquaredError } from "../../shell/ops/losses.ts";
import { Graph } from "../../shell/plan/graph.ts";
import { compile } from "../../shell/plan/plan.ts";
import { data, type Tensor } from "../../shell/plan/tensor.ts";
import { devices, release, retain, type TestDevice } from "../devices.ts";
import golden from "../golden/conv.json" with { type: "json" };
import { near, randoms } from "../harness.ts";
import { convolve, spread } from "../kernels/convolutions.ts";
import { ACT, centralDifferences } from "../reference.ts";

interface Values {
  readonly shape: number[];
  readonly data: number[];
}

type Four = [number, number, number, number];

/** Runs a program over parameters of given values; the loss and the gradients. */
async function gradients(
  one: TestDevice,
  values: readonly Values[],
  target: Values,
  record: (g: Graph, p: Tensor[]) => Tensor,
) {
  const device = await one.open();
  const parameters = new Parameters();
  const p = values.map(({ shape }, i) => parameters.add(`p${i}`, shape, 1));
  const t = data("t", target.shape);
  const g = new Graph("convolutions");
  const y = g.output(record(g, p));
  const loss = g.output(meanSquaredError(g, y, t));
  g.backward(loss);
  const plan = compile(g);
  await device.load(plan);
  p.forEach((tensor, i) => device.write(tensor, Float32Array.from(values[i].data)));
  device.write(t, Float32Array.from(target.data));
  device.run(plan);
  const answer = {
    y: await device.read(y, plan),
    shape: y.shape,
    loss: await device.read(loss, plan),
    grads: await Promise.all(p.map((tensor) => device.read(tensor.grad!))),
  };
  device.unload(plan);
  device.free(t, p[0], p[0].grad!);
  return answer;
}

const test = suite("convolutions");
retain();

for (const device of devices()) {
  for (const [op, name] of [[conv2d, "conv2d"], [convTranspose2d, "conv_transpose2d"]] as const) {
    for (const [label, want] of Object.entries(golden[name])) {
      test(`${device.name} ${name} ${label} as PyTorch`, async () => {
        const options: ConvTransposeOptions = {
          stride: want.stride as [number, number],
          padding: want.padding as Four,
          activation: want.activation as Activation,
          ..."size" in want && { size: want.size as [number, number] },
        };
        const inputs = [want.x, want.w, want.b];
        const got = await gradients(device, inputs, want.target, (g, [x, w, b]) => {
          return op(g, x, w, b, options);
        });
        assert.equal(got.shape, want.y.shape);
        near(got.y, want.y.data, { abs: 1e-6, rel: 1e-5 }, "y");
        near(got.loss, [want.loss], { rel: 1e-5 }, "loss");
        [want.dx, want.dw, want.db].forEach((d, i) =>
          near(got.grads[i], d.data, { abs: 1e-6, rel: 1e-4 }, ["dx", "dw", "db"][i])
        );
      });
    }
  }
}

/** 7x6x2 to 4x3x5 and back to 7x6x1, with images enough for several parts of the sums. */
const N = 50;
const DOWN = { n: N, ih: 7, iw: 6, ci: 2, oh: 4, ow: 3, co: 5, kh: 3, kw: 3, sh: 2, sw: 2 };
const down: ConvSizes = { ...DOWN, top: 1, left: 0 };
const up: ConvSizes = { ...down, ci: 1 };
const SHAPES = [[3, 3, 2, 5], [5], [3, 3, 1, 5], [1]];

/** The same in float64. */
function network(x: ArrayLike<number>, p: ArrayLike<number>[], act: Activation): number[] {
  const add = (sums: Float64Array, b: ArrayLike<number>) =>
    Array.from(sums, (v, i) => ACT[act](v + b[i % b.length]));
  return add(spread(up, add(convolve(down, x, p[0]), p[1]), p[2]), p[3]);
}

for (const device of devices()) {
  for (const act of Object.keys(ACTIVATIONS) as Activation[]) {
    test(`${device.name} down and up again, ${act}`, async () => {
      const xs = randoms(N * 7 * 6 * 2, 1), ts = randoms(N * 7 * 6, 2);
      const x = data("x", [N, 7 * 6 * 2]);
      (await device.open()).write(x, xs);
      const values = SHAPES.map((shape, i) => ({
        shape,
        data: [...randoms(shape.reduce((a, b) => a * b), i + 3, -0.5, 0.5)],
      }));
      const target = { shape: [N, 7, 6, 1], data: [...ts] };
      const padding: Four = [1, 1, 0, 1];
      const got = await gradients(device, values, target, (g, [w, b, v, c]) => {
        const h = conv2d(g, x, w, b, {
          stride: 2,
          padding,
          activation: act,
          image: [7, 6, 2],
        });
        return convTranspose2d(g, h, v, c, { stride: 2, padding, activation: act, size: [7, 6] });
      });
      const loss = (p: ArrayLike<number>[]) =>
        network(xs, p, act).reduce((sum, v, i) => sum + (v - ts[i]) ** 2, 0) / ts.length;
      const flat: ArrayLike<number>[] = values.map(({ data }) => Float32Array.from(data));
      near(got.loss, [loss(flat)], { rel: 1e-5 }, "loss");
      flat.forEach((one, i) => {
        // Small steps: one that crosses a corner of relu misses the slope.
        const want = centralDifferences((z) => loss(flat.with(i, z)), one, 1e-7);
        near(got.grads[i], want, { abs: 2e-6, rel: 1e-4 }, `p${i}`);
      });
      (await device.open()).free(x);
    });
  }
}

test("padding: same", () => {
  const g = new Graph("same");
  const x = data("x", [1, 7, 8, 3]);
  const shape = (k: number, stride: number | [number, number]) =>
    conv2d(g, x, data("w", [k, k, 3, 2]), null, { stride, padding: "same" }).shape;
  assert.equal(shape(3, 1), [1, 7, 8, 2]);
  assert.equal(shape(4, 2), [1, 4, 4, 2]);
  assert.equal(shape(1, [3, 5]), [1, 3, 2, 2]);
  const up = convTranspose2d(g, x, data("w", [5, 5, 2, 3]), null, { stride: 2, padding: "same" });
  assert.equal(up.shape, [1, 14, 16, 2]);
  const [{ params }] = g.calls.slice(-1);
  assert.equal([params.top, params.left], [1, 1], "the odd zero lies behind");
});

const image = (...shape: number[]) => data("x", shape);
const kernel = (...shape: number[]) => data("w", shape);

const ERRORS: [string, () => unknown, RegExp][] = [
  ["the image is too small", () => {
    conv2d(new Graph("g"), image(1, 3, 3, 1), kernel(5, 5, 1, 2), null);
  }, /^conv2d: the image, 3x3, is smaller than the kernel, 5x5: pad it or take a smaller kernel$/],
  ["the padded image is too small", () => {
    conv2d(new Graph("g"), image(1, 2, 3, 1), kernel(5, 5, 1, 2), null, { padding: 1 });
  }, /^conv2d: the image, 2x3, padded to 4x5, is smaller than the kernel, 5x5/],
  ["x is a matrix", () => {
    conv2d(new Graph("g"), image(4, 9), kernel(3, 3, 1, 2), null);
  }, /^conv2d: x must be \[n, h, w, c\], or \[n, h w c\] with image: \[h, w, c\], got \[4, 9\]$/],
  ["other channels", () => {
    conv2d(new Graph("g"), image(1, 5, 5, 3), kernel(3, 3, 1, 2), null);
  }, /^conv2d: w must be \[kh, kw, 3, co\], got \[3, 3, 1, 2\]$/],
  ["other channels, transposed", () => {
    convTranspose2d(new Graph("g"), image(1, 5, 5, 3), kernel(3, 3, 3, 2), null);
  }, /^convTranspose2d: w must be \[kh, kw, co, 3\], got \[3, 3, 3, 2\]$/],
  ["the bias", () => {
    conv2d(new Graph("g"), image(1, 5, 5, 3), kernel(3, 3, 3, 2), data("b", [3]));
  }, /^conv2d: b must be \[2\], got \[3\]$/],
  ["stride 0", () => {
    conv2d(new Graph("g"), image(1, 5, 5, 1), kernel(3, 3, 1, 2), null, { stride: [1, 0] });
  }, /^conv2d: stride must be a positive integer or two, got 1,0$/],
  ["negative padding", () => {
    conv2d(new Graph("g"), image(1, 5, 5, 1), kernel(3, 3, 1, 2), null, { padding: -1 });
  }, /^conv2d: padding must be "same", "valid" or integers of at least 0.*, got -1$/],
  ["nothing left", () => {
    convTranspose2d(new Graph("g"), image(1, 1, 1, 1), kernel(3, 3, 1, 1), null, { padding: 2 });
  }, /^convTranspose2d: the result must have at least one pixel, got -1x-1/],
  [
    "another size",
    () => {
      convTranspose2d(new Graph("g"), image(1, 3, 3, 1), kernel(3, 3, 1, 1), null, {
        stride: 2,
        size: [9, 7],
      });
    },
    /^convTranspose2d: an image of 9x7 is not convolved to the 3x3 of x by a kernel 3x3 with stri/,
  ],
];

for (const [label, act, message] of ERRORS) {
  test(`refused: ${label}`, () => {
    assert.throws(
      act,
      (error: Error) => error instanceof RangeError && message.test(error.message),
    );
  });
}

test.after(release);
test.run();
