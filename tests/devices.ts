/**
 * The devices that a test file runs on: every one that this runtime has. `ASTERISM_DEVICES` (a
 * comma-separated list, in the environment or on globalThis) narrows it; a device that is listed
 * and cannot be opened fails its tests.
 */

import type { Device } from "../shell/device/device.ts";
import { openWasm } from "../shell/device/wasm.ts";
import { canShareMemory, runtime } from "../shell/device/platform.ts";

/** A device by name, opened on first use and shared by all test files of a process. */
export interface TestDevice {
  readonly name: string;
  /** Results of all devices of one family must agree to the bit. */
  readonly family: string;
  open(): Promise<Device>;
}

function wasm(relaxed: boolean, workers: number): TestDevice {
  const family = relaxed ? "wasm-relaxed" : "wasm-simd";
  return shared(`${family}-${workers}`, family, () => openWasm({ relaxed, workers }));
}

const opened = new Map<string, Promise<Device>>();
let users = 0;

function shared(name: string, family: string, open: () => Promise<Device>): TestDevice {
  return {
    name,
    family,
    open() {
      let device = opened.get(name);
      if (!device) opened.set(name, device = open());
      return device;
    },
  };
}

function all(): TestDevice[] {
  const workers = canShareMemory() ? [1, 2, 3] : [0];
  return [true, false].flatMap((relaxed) => workers.map((n) => wasm(relaxed, n)));
}

const globals = globalThis as unknown as {
  ASTERISM_DEVICES?: string;
  process?: { env: Record<string, string | undefined> };
};

/** The devices to test on. */
export function devices(): TestDevice[] {
  const wanted = globals.ASTERISM_DEVICES ?? globals.process?.env.ASTERISM_DEVICES;
  const known = all();
  if (!wanted) return known;
  return wanted.split(",").flatMap((name) => {
    const found = known.filter((d) => d.name === name || d.family === name);
    if (found.length === 0) throw new Error(`no test device ${name} in ${runtime}`);
    return found;
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
