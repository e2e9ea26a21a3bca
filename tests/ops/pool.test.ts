/** Pooling as recorded, with gradients, against PyTorch. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Parameters } from "../../shell/nn/parameters.ts";
import { meanSquaredError } from "../../shell/ops/losses.ts";
import { averagePool, maxPool, type PoolOptions } from "../../shell/ops/pool.ts";
import { Graph } from "../../shell/plan/graph.ts";
import { compile } from "../../shell/plan/plan.ts";
import { data, type Tensor } from "../../shell/plan/tensor.ts";
import { devices, release, retain, type TestDevice } from "../devices.ts";
import golden from "../golden/pool_norm.json" with { type: "json" };
import { near } from "../harness.ts";

type Case = typeof golden.pools.plain.max;
type Record = (g: Graph, x: Tensor) => Tensor;

/**
 * Runs `record` on x. A mean squared error against `y - N / 2 dy` makes dy the gradient of y.
 */
async function check(one: TestDevice, want: Case, record: Record): Promise<void> {
  const device = await one.open();
  const parameters = new Parameters();
  const x = parameters.add("x", golden.pool_x.shape, 0);
  const t = data("t", want.y.shape);
  const g = new Graph("pool");
  const y = g.output(record(g, x));
  assert.equal(y.shape, want.y.shape);
  g.backward(meanSquaredError(g, y, t));
  const plan = compile(g);
  await device.load(plan);
  device.write(x, Float32Array.from(golden.pool_x.data));
  device.write(t, Float32Array.from(want.y.data, (v, i) => v - t.size / 2 * want.dy.data[i]));
  device.run(plan);
  near(await device.read(y, plan), want.y.data, { abs: 1e-6 }, "y");
  near(await device.read(x.grad!), want.dx.data, { abs: 1e-6, rel: 1e-5 }, "dx");
  device.unload(plan);
  device.free(x, x.grad!, t);
}

const test = suite("pool");
retain();
for (const device of devices()) {
  for (const [name, { options, ...want }] of Object.entries(golden.pools)) {
    const windows = options as unknown as PoolOptions;
    test(`${device.name} ${name}: maximum`, async () => {
      await check(device, want.max, (g, x) => maxPool(g, x, windows));
    });
    test(`${device.name} ${name}: average`, async () => {
      await check(device, want.average, (g, x) => averagePool(g, x, windows));
    });
    test(`${device.name} ${name}: average without padding`, async () => {
      const apart = { ...windows, countPadding: false };
      await check(device, want.average_without_padding, (g, x) => averagePool(g, x, apart));
    });
  }
}

const x = data("x", [2, 5, 6, 3]);
const graph = () => new Graph("shapes");

test("windows are given by one number or two; the stride is the window", () => {
  assert.equal(maxPool(graph(), x, { window: 2 }).shape, [2, 2, 3, 3]);
  assert.equal(averagePool(graph(), x, { window: [1, 2] }).shape, [2, 5, 3, 3]);
  assert.equal(maxPool(graph(), x, { window: 3, stride: 1, padding: 1 }).shape, [2, 5, 6, 3]);
});

test("images may be numbers in a row", () => {
  const rows = data("rows", [2, 90]);
  assert.equal(maxPool(graph(), rows, { window: 2, image: [5, 6, 3] }).shape, [2, 2, 3, 3]);
});

test("what does not fit is refused", () => {
  const wrong: [PoolOptions, RegExp][] = [
    [{ window: 7 }, /maxPool: the window must fit into the padded image \[5, 6\], got \[7, 7\]/],
    [{ window: 2, padding: 2 }, /padding must be at most half the window/],
    [{ window: 0 }, /window must be one or two integers of at least 1, got 0/],
    [{ window: 2, stride: [1, 0.5] }, /stride must be one or two integers/],
    [{ window: 2, image: [5, 6, 4] }, /x must be \[n, h, w, c\].* and image: \[5, 6, 4\]/],
  ];
  for (const [options, message] of wrong) {
    assert.throws(() => maxPool(graph(), x, options), message);
  }
  const flat = data("flat", [2, 90]);
  assert.throws(() => averagePool(graph(), flat, { window: 2 }), /averagePool: x must be/);
});
test.after(release);
test.run();
