/** Kernels that memory limits: GB/s as a share of what copying reaches in the same run. */

import type { Device } from "../../shell/device/device.ts";
import { activation } from "../../shell/kernels/activation.ts";
import { adam } from "../../shell/kernels/adam.ts";
import { copy } from "../../shell/kernels/copy.ts";
import { gatherU8 } from "../../shell/kernels/gather_u8.ts";
import type { BufferSpec, Kernel, ParamType, Values } from "../../shell/kernels/kernel.ts";
import { mse, mseBlocks, mseGrad } from "../../shell/kernels/mse.ts";
import { softmaxCrossEntropy } from "../../shell/kernels/softmax_cross_entropy.ts";
import { sumColumns } from "../../shell/kernels/sum_columns.ts";
import { uniform } from "../../shell/kernels/uniform.ts";
import { kernelPlan, type Measurement, median, once, spread, time } from "./measure.ts";

interface Subject {
  readonly kernel: Kernel;
  readonly sizes: Record<string, number>;
  readonly params: Record<string, number>;
}

function subject<B extends Record<string, BufferSpec>, P extends Record<string, ParamType>>(
  kernel: Kernel<B, P>,
  sizes: { readonly [K in keyof B]: number },
  params: { readonly [K in keyof P]: number },
): Subject {
  return { kernel: kernel as unknown as Kernel, sizes, params };
}

const N = 4_800_000;
const IMAGES = 60_000;
const HALF = { rate: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, l2: 0, decay: 0 };

const SUBJECTS: readonly Subject[] = [
  subject(copy, { x: N, y: N }, { n: N }),
  subject(adam, { w: N, dw: N, m: N, v: N }, { n: N, ...HALF, correction1: 0.5, correction2: 0.5 }),
  subject(activation, { x: N, y: N }, { n: N, activation: 4 }),
  subject(mse, { y: N, t: N, loss: mseBlocks(N) }, { n: N, scale: 1 }),
  subject(mseGrad, { y: N, t: N, dy: N }, { n: N, scale: 1 }),
  subject(
    gatherU8,
    { source: IMAGES * 784, index: 4096, y: 4096 * 784 },
    { rows: IMAGES, m: 4096, width: 784, at: 0, scale: 1 / 255, shift: 0 },
  ),
  subject(
    softmaxCrossEntropy,
    { x: N, label: N / 10, loss: N / 10, probability: N },
    { m: N / 10, n: 10 },
  ),
  subject(sumColumns, { x: N, y: 750 }, { m: N / 750, n: 750 }),
  subject(uniform, { y: N }, { n: N, seed: 1, stream: 1, step: 1, low: 0, high: 1 }),
];

/** Every subject on one device. The first is copying, the peak of the others. */
export async function kernels(device: Device, runs: number): Promise<Measurement[]> {
  const out: Measurement[] = [];
  let peak = 0;
  for (const { kernel, sizes, params } of SUBJECTS) {
    const { plan, free } = await kernelPlan(device, kernel, sizes, params, 1);
    for (let i = 0; i < 20; i++) await once(device, plan);
    const ms: number[] = [];
    for (let i = 0; i < runs; i++) ms.push(await time(() => once(device, plan)));
    const p = params as Values<Record<string, number>>;
    const gbs = (kernel.bytes?.(p) ?? 0) / median(ms) / 1e6;
    peak ||= gbs;
    out.push({
      name: kernel.name,
      device: device.info.description,
      ms: median(ms),
      spread: spread(ms),
      gbs,
      gflops: (kernel.flops?.(p) ?? 0) / median(ms) / 1e6,
      share: gbs / peak,
      runs,
    });
    free();
  }
  return out;
}
