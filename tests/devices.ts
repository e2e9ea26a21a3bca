/**
 * The devices that a test file runs on: every one that this runtime has. `ASTERISM_DEVICES` (a
 * comma-separated list, in the environment or on globalThis) narrows it; a device that is listed
 * and cannot be opened fails its tests.
 */

import type { Device } from "../shell/device/device.ts";
import { type GpuOptions, openGpu } from "../shell/device/gpu.ts";
import { openWasm } from "../shell/device/wasm.ts";
import { canShareMemory, runtime } from "../shell/device/platform.ts";

/** A device by name, opened on first use and shared by all test files of a process. */
export interface TestDevice {
  readonly name: string;
  /** Results of all devices of one family must agree to the bit. */
  readonly family: string;
  open(): Promise<Device>;
  /** Opens one more, for a test that breaks it; the caller closes it. */
  fresh(): Promise<Device>;
}

function wasm(relaxed: boolean, workers: number): TestDevice {
  const family = relaxed ? "wasm-relaxed" : "wasm-simd";
  return shared(`${family}-${workers}`, family, () => openWasm({ relaxed, workers }));
}

/** WebGPU; unless another one is named, the software adapter: the same numbers everywhere. */
function webgpu(name: string, options: GpuOptions): TestDevice {
  return shared(name, name, () => openGpu({ adapter: ADAPTER, ...options }));
}

const opened = new Map<string, Promise<Device>>();
let users = 0;

function shared(name: string, family: string, open: () => Promise<Device>): TestDevice {
  return {
    name,
    family,
    fresh: open,
    open() {
      let device = opened.get(name);
      if (!device) opened.set(name, device = open());
      return device;
    },
  };
}

function all(): TestDevice[] {
  const workers = canShareMemory() ? [1, 2, 3] : [0];
  return [
    ...[true, false].flatMap((relaxed) => workers.map((n) => wasm(relaxed, n))),
    ...runtime === "node" ? [] : [webgpu("webgpu-builtin", { provider: "builtin" })],
    ...runtime === "browser" ? [] : [webgpu("webgpu-dawn", { provider: "dawn" })],
    ...VARIANTS.map((variant) => webgpu(`webgpu-${variant}`, { variant })),
  ];
}

/** GPU variants of kernels, each forced on one more device. */
const VARIANTS = ["tiled", "subgroup"];

const globals = globalThis as unknown as {
  process?: { env: Record<string, string | undefined> };
};

function environment(name: string): string | undefined {
  return (globals as Record<string, string | undefined>)[name] ?? globals.process?.env[name];
}

/** Part of the name of the adapter that the tests use: `ASTERISM_ADAPTER`, or SwiftShader. */
export const ADAPTER = environment("ASTERISM_ADAPTER") ?? "swiftshader";

/** The devices to test a kernel on; a device that forces a variant only for kernels that have it. */
export function devices(
  kernel?: { readonly variants?: Readonly<Record<string, unknown>> },
): TestDevice[] {
  const wanted = environment("ASTERISM_DEVICES");
  const variants = Object.keys(kernel?.variants ?? {});
  const everything = all();
  const known = everything.filter((d) =>
    !VARIANTS.some((v) => d.name === `webgpu-${v}` && !variants.includes(v))
  );
  if (!wanted) return known;
  return wanted.split(",").flatMap((name) => {
    const matches = (d: TestDevice) => d.name === name || d.family === name;
    if (!everything.some(matches)) throw new Error(`no test device ${name} in ${runtime}`);
    return known.filter(matches);
  });
}

/** Says that a suite will use the devices; {@link release} after its last test. */
export function retain(): void {
  users++;
}

/** Closes the devices when no suite is left. */
export async function release(): Promise<void> {
  if (--users > 0) return;
  for (const device of opened.values()) await (await device.catch(() => null))?.close();
  opened.clear();
}
