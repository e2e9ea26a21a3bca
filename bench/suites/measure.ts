/** Medians, and the peak of this machine measured beside what is compared with it. */

import type { Device } from "../../shell/device/device.ts";
import { type Engine, instantiate, kernelNames } from "../../shell/device/engine.ts";
import { asset } from "../../shell/device/assets.ts";
import { WasmDevice } from "../../shell/device/wasm.ts";
import { enableRelaxedSimd, readBytes } from "../../shell/device/platform.ts";
import type { BufferSpec, Kernel, ParamType } from "../../shell/kernels/kernel.ts";
import { bytesOf } from "../../shell/kernels/kernel.ts";
import { Graph } from "../../shell/plan/graph.ts";
import { compile, type Plan } from "../../shell/plan/plan.ts";
import { Storage, Tensor } from "../../shell/plan/tensor.ts";

/** One line of the bench. Times in milliseconds; ratios are pure numbers. */
export interface Measurement {
  readonly name: string;
  readonly runtime?: string;
  readonly device?: string;
  /** Median time of one call or step. */
  readonly ms?: number;
  /** Half the distance between the quartiles, relative to the median. */
  readonly spread?: number;
  readonly gflops?: number;
  readonly gbs?: number;
  /** Share of the peak of the same run: multiply-adds for products, copying for the rest. */
  readonly share?: number;
  readonly runs?: number;
  /** Why there is no time. */
  readonly note?: string;
  readonly [more: string]: unknown;
}

/** The middle of a list. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** Half the distance between the quartiles, relative to the median. */
export function spread(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (q: number) => sorted[Math.round(q * (sorted.length - 1))];
  return (at(0.75) - at(0.25)) / 2 / median(values);
}

/** Milliseconds that `act` takes. */
export async function time(act: () => unknown): Promise<number> {
  const since = performance.now();
  await act();
  return performance.now() - since;
}

/** Address of the probe's factor and summand, above what the compiler placed. */
const CONSTANTS = 32_768;

/** Rate of one core at four-lane multiply-adds, in GFLOP/s, measured in the calling thread. */
export class Peak {
  private constructor(readonly engine: Engine) {}

  static async open(relaxed: boolean): Promise<Peak> {
    if (relaxed) await enableRelaxedSimd();
    const module = await WebAssembly.compile(
      await readBytes(asset(`engine.${relaxed ? "relaxed" : "simd"}.wasm`)),
    );
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536, shared: true });
    const peak = new Peak(await instantiate({ module, memory, names: kernelNames(module) }));
    new Float32Array(memory.buffer, CONSTANTS, 8).fill(0.5);
    // Enough calls for the optimising compiler to take over.
    for (let i = 0; i < 200; i++) peak.sample(2_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    return peak;
  }

  /** 12 chains of four lanes, two operations each: 96 per turn. About a millisecond. */
  sample(turns = 500_000): number {
    const since = performance.now();
    this.engine.exports.probe_madd(turns, CONSTANTS);
    return 96 * turns / (performance.now() - since) / 1e6;
  }
}

/** A plan of `repeats` calls of one kernel over buffers of its own, loaded on a device. */
export async function kernelPlan<
  B extends Record<string, BufferSpec>,
  P extends Record<string, ParamType>,
>(
  device: Device,
  kernel: Kernel<B, P>,
  sizes: { readonly [K in keyof B]: number },
  params: { readonly [K in keyof P]: number },
  repeats: number,
): Promise<{ plan: Plan; free(): void }> {
  const tensors = Object.fromEntries(
    Object.entries(kernel.buffers).map(([name, spec]) => {
      const bytes = Math.ceil(sizes[name] * bytesOf[spec.dtype] / 256) * 256;
      return [name, new Tensor(name, [sizes[name]], spec.dtype, new Storage(name, "state", bytes))];
    }),
  ) as { [K in keyof B]: Tensor };
  const all: Tensor[] = Object.values(tensors);
  const graph = new Graph(`bench ${kernel.name}`);
  for (let i = 0; i < repeats; i++) graph.call(kernel, tensors, params);
  const plan = compile(graph);
  for (const t of all) {
    // Not zeros, which some processors multiply faster.
    if (t.dtype === "f32") {
      device.write(
        t,
        Float32Array.from({ length: t.size }, (_, i) => ((i * 7919) % 1009) / 1009 - 0.5),
      );
    }
  }
  await device.load(plan);
  return {
    plan,
    free() {
      device.unload(plan);
      device.free(...all);
    },
  };
}

/** Starts to watch the heap of a WASM device; the answer tells the megabytes it has grown by. */
export function heapGrowth(device: Device): () => { megabytes?: number } {
  if (!(device instanceof WasmDevice)) return () => ({});
  const { heap } = device;
  const before = heap.peak = heap.used;
  return () => ({ megabytes: (heap.peak - before) / 1e6 });
}

/** Runs a loaded plan and waits. */
export async function once(device: Device, plan: Plan): Promise<void> {
  device.run(plan);
  await device.sync();
}
