/** What happens when a device is missing, lost or broken: one error with a name, never a hang. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Device } from "../../shell/device/device.ts";
import type { GpuDevice } from "../../shell/device/gpu.ts";
import { open } from "../../shell/device/open.ts";
import { canShareMemory } from "../../shell/device/platform.ts";
import { selfTest } from "../../shell/device/self_test.ts";
import { openWasm } from "../../shell/device/wasm.ts";
import { DeviceError, KernelError } from "../../shell/errors.ts";
import { selfTestKernel } from "../../shell/kernels/self_test.ts";
import { Graph } from "../../shell/plan/graph.ts";
import { compile } from "../../shell/plan/plan.ts";
import { data, state } from "../../shell/plan/tensor.ts";
import { ADAPTER, devices } from "../devices.ts";

const test = suite("failures");

async function failure(act: () => unknown): Promise<Error> {
  try {
    await act();
  } catch (error) {
    return error as Error;
  }
  throw new Error("must fail");
}

function program(turns: number) {
  const y = state("y", [64], "u32");
  const g = new Graph("program");
  g.call(selfTestKernel, { y }, { turns });
  return { y, plan: compile(g) };
}

test("a worker that traps is an error for the run and for everything after it", async () => {
  for (const workers of canShareMemory() ? [1, 2, 3] : [0]) {
    const device = await openWasm({ workers });
    const { y, plan } = program(10);
    await device.load(plan);
    // An address far outside: the engine traps as it would on a broken kernel.
    const memory = new Uint32Array(device.heap.memory.buffer);
    const broken = memory.findIndex((word, i) => word === 64 && memory[i + 1] === 1) - 1;
    memory[memory[broken] / 4] = 0xfffffff0;
    device.run(plan);
    const first = await failure(() => device.read(y));
    assert.instance(first, DeviceError);
    const what = workers > 0 ? /^worker \d of \d died/ : /^the engine failed/;
    assert.match(first.message, what);
    assert.match(first.message, /out of bounds.*: open the device again/);
    device.run(plan);
    assert.is((await failure(() => device.sync())).message, first.message);
    await device.close();
    assert.match((await failure(() => device.sync())).message, /the device is closed/);
  }
});

test("more memory than 4 GB is refused with a way out", async () => {
  const device = await openWasm({ workers: 0 });
  const x = data("x", [2 ** 30 + 2 ** 20]);
  const error = await failure(() => device.read(x));
  assert.instance(error, DeviceError);
  assert.match(error.message, /WASM memory cannot grow .*--limit/);
  await device.close();
});

test("options out of range", async () => {
  for (const workers of [-1, 1.5, 1000]) {
    const error = await failure(() => openWasm({ workers }));
    assert.is(error.message, `workers must be an integer from 0 to 256, got ${workers}`);
  }
  const error = await failure(() => open({ device: "cuda" as "wasm" }));
  assert.match(error.message, /device must be auto, webgpu or wasm, got "cuda"/);
});

test("an engine that is not built is named", async () => {
  const error = await failure(() =>
    openWasm({ workers: 0, assets: new URL("nowhere/", import.meta.url) })
  );
  assert.instance(error, DeviceError);
  assert.match(error.message, /the engine is not at .*nowhere.*run the build first/);
});

test("an adapter that is not there is named, with those that are", async () => {
  const error = await failure(() => open({ device: "webgpu", adapter: "voodoo" }));
  assert.instance(error, DeviceError);
  const there = new RegExp(`no WebGPU adapter is called "voodoo": there is ".*${ADAPTER}`, "i");
  assert.match(error.message, there);
});

if (ADAPTER === "swiftshader") {
  test("a software adapter is taken only by name", async () => {
    const error = await failure(() => open({ device: "webgpu" }));
    assert.instance(error, DeviceError);
    assert.match(error.message, /no hardware WebGPU adapter here/);
    const device = await open({ device: "auto", workers: 0 });
    assert.is(device.info.kind, "wasm");
    await device.close();
  });
} else {
  test("a hardware adapter is taken unasked", async () => {
    const device = await open({ device: "auto", workers: 0 });
    assert.is(device.info.kind, "webgpu");
    assert.is(device.info.software, false);
    await device.close();
  });
}

test("a device that leaves loops early is refused", async () => {
  // What Mesa 22's llvmpipe does after 65,535 turns.
  const real = await openWasm({ workers: 0 });
  const liar: Device = Object.assign(Object.create(real), {
    info: real.info,
    load: () => Promise.resolve(),
    run: () => {},
    unload: () => {},
    free: () => {},
    read: () => Promise.resolve(new Uint32Array(64)),
  });
  const error = await failure(() => selfTest(liar, "old driver"));
  assert.instance(error, DeviceError);
  assert.match(error.message, /"old driver" computes wrongly .*update its driver/);
  await selfTest(real, "WASM");
  await real.close();
});

for (const one of devices().filter((d) => d.family.startsWith("webgpu"))) {
  test(`${one.name}: a body that does not compile fails its plan, not the device`, async () => {
    const device = await one.fresh();
    const bad = { ...selfTestKernel, name: "bad", wgsl: "fn main() { this is not WGSL }" };
    const g = new Graph("bad");
    g.call(bad, { y: state("y", [64], "u32") }, { turns: 1 });
    const error = await failure(() => device.load(compile(g)));
    assert.instance(error, KernelError);
    assert.match(error.message, /^bad\.wgsl: /);
    await selfTest(device, one.name);
    await device.close();
  });

  test(`${one.name}: a lost GPU is an error with a name`, async () => {
    const device = await one.fresh() as GpuDevice;
    const { y, plan } = program(10);
    await device.load(plan);
    device.run(plan);
    await device.read(y);
    device.device.destroy();
    const error = await failure(() => device.read(y));
    assert.instance(error, DeviceError);
    assert.match(error.message, /GPU.*(lost|failed).*open the device again|from the GPU failed/);
    await device.device.lost;
    const later = await failure(() => device.run(plan));
    assert.match(later.message, /the GPU device was lost .*open the device again/);
    await device.close();
  });
}

test.run();
