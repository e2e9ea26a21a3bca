/** The three products of a dense layer, as shares of the multiply-add peak of the same run. */

import { openWasm } from "../../shell/device/wasm.ts";
import { canShareMemory } from "../../shell/device/platform.ts";
import type { Kernel } from "../../shell/kernels/kernel.ts";
import { dense, denseGradW, denseGradX } from "../../shell/kernels/dense.ts";
import { kernelPlan, type Measurement, median, once, Peak, spread, time } from "./measure.ts";

/** Samples, inputs and outputs of the layers that are measured. */
export const SHAPES: readonly (readonly [number, number, number])[] = [
  [256, 784, 500],
  [256, 500, 2000],
  [256, 2000, 10],
  [64, 784, 128],
  [64, 128, 10],
];

/** Products in one message: long enough that the message does not count. */
const MS_PER_RUN = 30;

interface Form {
  readonly kernel: Kernel;
  sizes(m: number, k: number, n: number): Record<string, number>;
  params(m: number, k: number, n: number): Record<string, number>;
}

/** The products of the forward and the backward pass. */
export const FORMS: Record<string, Form> = {
  "x w": {
    kernel: dense as unknown as Kernel,
    sizes: (m, k, n) => ({ x: m * k, w: k * n, b: n, y: m * n }),
    params: (m, k, n) => ({ m, k, n, bias: 1, activation: 1 }),
  },
  "dy wT": {
    kernel: denseGradX as unknown as Kernel,
    sizes: (m, k, n) => ({ dz: m * n, w: k * n, x: m * k, dx: m * k }),
    params: (m, k, n) => ({ m, k, n, activation: 1 }),
  },
  "xT dy": {
    kernel: denseGradW as unknown as Kernel,
    sizes: (m, k, n) => ({ x: m * k, dz: m * n, dw: k * n, db: n }),
    params: (m, k, n) => ({ m, k, n, bias: 1 }),
  },
};

/** Every form and shape on one worker and on two, both builds. */
export async function products(runs: number): Promise<Measurement[]> {
  const out: Measurement[] = [];
  for (const relaxed of [true, false]) {
    const peak = await Peak.open(relaxed);
    const counts = canShareMemory() ? [1, 2] : [0];
    const devices = await Promise.all(counts.map((workers) => openWasm({ workers, relaxed })));
    for (const [m, k, n] of SHAPES) {
      for (const [form, { kernel, sizes, params }] of Object.entries(FORMS)) {
        const flops = 2 * m * k * n;
        const repeats = Math.max(1, Math.round(MS_PER_RUN * 45e6 / flops));
        const loaded: Awaited<ReturnType<typeof kernelPlan>>[] = [];
        for (const device of devices) {
          loaded.push(await kernelPlan(device, kernel, sizes(m, k, n), params(m, k, n), repeats));
        }
        const ms: number[][] = devices.map(() => []);
        const peaks: number[] = [];
        for (let run = -5; run < runs; run++) {
          peaks.push(peak.sample());
          for (let d = 0; d < devices.length; d++) {
            const t = await time(() => once(devices[d], loaded[d].plan)) / repeats;
            if (run >= 0) ms[d].push(t);
          }
        }
        const top = median(peaks);
        const gflops = (d: number) => flops / median(ms[d]) / 1e6;
        out.push({
          name: `matmul ${form} ${m}x${k}x${n}`,
          device: relaxed ? "wasm relaxed" : "wasm simd",
          ms: median(ms[0]),
          spread: spread(ms[0]),
          gflops: gflops(0),
          peak: top,
          share: gflops(0) / top,
          ...devices.length > 1 && {
            twoWorkers: median(ms[0]) / median(ms[1]),
            // Where the second core comes and goes, the best of each tells what the engine does.
            twoBest: Math.min(...ms[0]) / Math.min(...ms[1]),
          },
          runs,
        });
        loaded.forEach((one) => one.free());
      }
    }
    for (const device of devices) await device.close();
  }
  return out;
}
