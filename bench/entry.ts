/**
 * The measurements that a runtime makes of itself: bundled for Node and for a page, imported in
 * Deno. Every suite answers with plain data.
 */

import type { Device } from "../shell/device/device.ts";
import { openGpu } from "../shell/device/gpu.ts";
import { canShareMemory } from "../shell/device/platform.ts";
import { openWasm } from "../shell/device/wasm.ts";
import { convolutions } from "./suites/convolutions.ts";
import { encoding, smallCalls } from "./suites/host.ts";
import type { Measurement } from "./suites/measure.ts";
import { products } from "./suites/products.ts";
import { kernels } from "./suites/kernels.ts";
import { steps } from "./suites/steps.ts";

/** What to measure. */
export interface Request {
  readonly suite: "products" | "convolutions" | "kernels" | "steps" | "gpu" | "host";
  readonly runs: number;
  /** Part of the name of a GPU adapter. */
  readonly adapter?: string;
  readonly only?: string;
}

/** Measures and answers. */
export async function measure({ suite, runs, adapter, only }: Request): Promise<Measurement[]> {
  const workers = canShareMemory() ? 2 : 0;
  switch (suite) {
    case "products":
      return await products(runs);
    case "convolutions":
      return await convolutions(runs);
    case "kernels":
      return await using(openWasm({ workers }), (device) => kernels(device, runs));
    case "steps":
      return await using(openWasm({ workers }), (device) => steps(device, runs, only));
    case "gpu":
      return await using(openGpu({ adapter }), (device) => steps(device, runs, only, 400));
    case "host": {
      const wasm = await using(openWasm({ workers }), (device) => smallCalls(device, 10 * runs));
      const gpu = await using(openGpu({ adapter }), (device) => encoding(device, runs));
      return [wasm, gpu];
    }
  }
}

async function using<D extends Device, T>(opening: Promise<D>, act: (device: D) => Promise<T>) {
  const device = await opening;
  try {
    return await act(device);
  } finally {
    await device.close();
  }
}

const scope = globalThis as unknown as {
  measure?: typeof measure;
  Deno?: unknown;
  process?: { argv: string[]; exit(code: number): void };
};
scope.measure = measure;

// As a program of Node: one request as JSON, one answer as JSON.
if (!scope.Deno && scope.process?.argv[2]) {
  console.log(JSON.stringify(await measure(JSON.parse(scope.process.argv[2]))));
  scope.process.exit(0);
}
