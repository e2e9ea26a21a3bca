import { suite } from "uvu";
import * as assert from "uvu/assert";
import { accumulate } from "../../shell/kernels/accumulate.ts";
import { scale } from "../../shell/kernels/scale.ts";
import { Graph } from "../../shell/plan/graph.ts";
import { compile } from "../../shell/plan/plan.ts";
import { data, state } from "../../shell/plan/tensor.ts";
import { devices, release, retain } from "../devices.ts";

const test = suite("device");
retain();

/** y += rate * x, and the product as an output. */
function program(n: number) {
  const x = data("x", [n]), y = state("y", [n]);
  const g = new Graph("program");
  const t = g.output(g.temp([n]));
  g.call(scale, { x, y: t }, { n, factor: g.scalar("rate") });
  g.call(accumulate, { x: t, y }, { n });
  return { x, y, t, plan: compile(g) };
}

async function rejects(promise: Promise<unknown>, pattern: RegExp): Promise<void> {
  const error = await promise.then(() => null, (e) => e);
  assert.ok(error, `must fail with ${pattern}`);
  assert.match(String(error.message), pattern);
}

for (const { name, open } of devices()) {
  test(`${name}: write, run and read keep their order`, async () => {
    const device = await open();
    const { x, y, plan } = program(1000);
    await device.load(plan);
    for (let i = 1; i <= 5; i++) {
      // No waiting between: the second write must not overtake the first run.
      device.write(x, new Float32Array(1000).fill(i));
      device.run(plan, [{ rate: 1 }, { rate: 2 }]);
    }
    const got = await device.read(y);
    assert.ok(got.every((v) => v === 3 * (1 + 2 + 3 + 4 + 5)), `got ${got[0]}`);
    device.unload(plan);
    device.free(x, y);
  });

  test(`${name}: more steps than one message or submit holds`, async () => {
    const device = await open();
    const { x, y, plan } = program(3);
    await device.load(plan);
    device.write(x, new Float32Array([1, 2, 3]));
    device.run(plan, Array.from({ length: 1000 }, (_, i) => ({ rate: i % 2 })));
    assert.equal([...await device.read(y)], [500, 1000, 1500]);
    device.unload(plan);
    device.free(x, y);
  });

  test(`${name}: outputs, ranges, and freed state that starts at zero again`, async () => {
    const device = await open();
    const { x, y, t, plan } = program(1001);
    await device.load(plan);
    device.write(x, new Float32Array(3).fill(7), 998);
    device.run(plan, [{ rate: 2 }]);
    assert.equal([...await device.read(t, plan, { at: 997, length: 4 })], [0, 14, 14, 14]);
    assert.is((await device.read(y))[1000], 14);
    device.unload(plan);
    device.free(x, y);
    await device.load(plan);
    assert.is((await device.read(y))[1000], 0);
    device.unload(plan);
    device.free(x, y);
  });

  test(`${name}: bytes at odd places`, async () => {
    const device = await open();
    const x = data("bytes", [11], "u8");
    device.write(x, Uint8Array.from({ length: 11 }, (_, i) => i + 1));
    device.write(x, new Uint8Array([50, 51, 52]), 8);
    assert.equal([...await device.read(x, undefined, { at: 5, length: 5 })], [6, 7, 8, 50, 51]);
    assert.throws(
      () => device.write(x, new Uint8Array(2), 4),
      /bytes are written in multiples of 4/,
    );
    device.free(x);
  });

  test(`${name}: wrong calls are refused in a sentence`, async () => {
    const device = await open();
    const { x, y, t, plan } = program(4);
    assert.throws(() => device.run(plan), /run: plan program is not loaded on this device/);
    await device.load(plan);
    assert.throws(() => device.run(plan, [{}]), /scalar rate must be given, got undefined/);
    assert.throws(() => device.run(plan, [{ rate: NaN }]), /scalar rate must be given, got NaN/);
    assert.throws(
      () => device.write(x, new Uint32Array(4)),
      /takes a Float32Array, got Uint32Array/,
    );
    assert.throws(() => device.write(x, new Float32Array(5)), /has 4 elements, got 5 from 0 on/);
    await rejects(device.read(x, undefined, { at: 3, length: 2 }), /has no elements 3 to 4/);
    await rejects(device.read(t), /is a temporary/);
    device.unload(plan);
    device.free(x, y);
  });
}

test.after(release);
test.run();
