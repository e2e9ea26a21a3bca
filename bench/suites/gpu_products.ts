/** The three products of a dense layer on a GPU, as shares of its rate of multiply-adds. */

import type { Device } from "../../shell/device/device.ts";
import { kernel, writes } from "../../shell/kernels/kernel.ts";
import { kernelPlan, type Measurement, median, once, spread, time } from "./measure.ts";
import { FORMS, SHAPES } from "./products.ts";
import wgsl from "./gpu_peak.wgsl" with { type: "text" };

/** Invocations of the probe, and multiply-adds of each in one turn. */
const INVOCATIONS = 1 << 21;
const EACH = 16;

const probe = kernel({
  name: "gpu_peak",
  buffers: { y: writes("f32") },
  params: { turns: "u32" },
  wgsl,
  grid: () => [INVOCATIONS / 256],
  items: () => 0,
  flops: ({ turns }) => 2 * EACH * turns * INVOCATIONS,
});

/** Layers that keep a large GPU busy, beside those of the networks. */
const LARGE = [[4096, 784, 500], [4096, 2000, 2000], [4096, 4096, 4096]] as const;

/** Floating-point operations of one sample: long enough that the wait for it does not count. */
const FLOPS = 4e11;

/** Products in one sample at most: each is a dispatch to encode. */
const MOST = 1000;

/** Every form and shape on one GPU; the first line is the peak of the others. */
export async function gpuProducts(device: Device, runs: number): Promise<Measurement[]> {
  const turns = 4096;
  const { plan, free } = await kernelPlan(device, probe, { y: INVOCATIONS }, { turns }, 1);
  const measure = async (work: typeof plan) => {
    for (let i = 0; i < 5; i++) await once(device, work);
    const ms: number[] = [];
    for (let i = 0; i < runs; i++) ms.push(await time(() => once(device, work)));
    return ms;
  };
  const line = (name: string, ms: number[], flops: number, repeats = 1) => ({
    name,
    device: device.info.description,
    ms: median(ms) / repeats,
    spread: spread(ms),
    gflops: flops * repeats / median(ms) / 1e6,
    runs,
  });
  const peak = line("multiply-adds", await measure(plan), probe.flops!({ turns }));
  free();
  const out: Measurement[] = [peak];
  for (const [m, k, n] of [...SHAPES, ...LARGE]) {
    for (const [form, { kernel, sizes, params }] of Object.entries(FORMS)) {
      const flops = 2 * m * k * n;
      const repeats = Math.min(MOST, Math.max(1, Math.round(FLOPS / flops)));
      const one = await kernelPlan(device, kernel, sizes(m, k, n), params(m, k, n), repeats);
      const result = line(`${form} ${m}x${k}x${n}`, await measure(one.plan), flops, repeats);
      out.push({ ...result, share: result.gflops / peak.gflops });
      one.free();
    }
  }
  return out;
}
