/** What the host costs: small calls on WASM, encoding on WebGPU. */

import type { Device } from "../../shell/device/device.ts";
import { accumulate } from "../../shell/kernels/accumulate.ts";
import { kernelPlan, type Measurement, median, once, spread, time } from "./measure.ts";

/** Calls of the measured plan. */
const CALLS = 60;

/** Milliseconds of a run of 60 calls on 1,000 numbers, with the message to the workers and back. */
export async function smallCalls(device: Device, runs: number): Promise<Measurement> {
  const n = 1000;
  const { plan, free } = await kernelPlan(device, accumulate, { x: n, y: n }, { n }, CALLS);
  for (let i = 0; i < 50; i++) await once(device, plan);
  const ms: number[] = [];
  for (let i = 0; i < runs; i++) ms.push(await time(() => once(device, plan)));
  free();
  return {
    name: `${CALLS} small calls`,
    device: device.info.description,
    ms: median(ms),
    spread: spread(ms),
    runs,
  };
}

/** Microseconds of encoding per dispatch when many steps share a submit; the GPU's work excluded. */
export async function encoding(device: Device, runs: number): Promise<Measurement> {
  const n = 64;
  const { plan, free } = await kernelPlan(device, accumulate, { x: n, y: n }, { n }, CALLS);
  const rows = Array.from({ length: 32 }, () => ({}));
  const us: number[] = [];
  for (let i = -5; i < runs; i++) {
    const since = performance.now();
    device.run(plan, rows);
    const spent = performance.now() - since;
    await device.sync();
    if (i >= 0) us.push(1000 * spent / (CALLS * rows.length));
  }
  free();
  return {
    name: "encoding per dispatch",
    device: device.info.description,
    us: median(us),
    spread: spread(us),
    runs,
  };
}
