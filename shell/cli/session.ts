/** What every command does: stages with their times, a device, and what is written about them. */

import process from "node:process";
import type { Device } from "../device/device.ts";
import { open } from "../device/open.ts";
import { runtimeVersion } from "../device/platform.ts";
import type { DEVICE, LAST } from "./common_options.ts";
import type { ValuesOf } from "./options.ts";
import { printable } from "./printable.ts";
import { VERSION } from "./version.ts";

/** Stages of the work and how long they took. */
export interface Stages {
  /** Seconds spent in each stage so far. */
  readonly times: Record<string, number>;
  /** Does a stage of the work and notes its time. */
  stage<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** Stages of a new piece of work. */
export function stages(): Stages {
  const times: Record<string, number> = {};
  return {
    times,
    async stage(name, work) {
      const since = performance.now();
      const result = await work();
      times[name] = (performance.now() - since) / 1000;
      return result;
    },
  };
}

/** Says something on standard error, unless nothing shall be said. */
export function sayer({ quiet }: ValuesOf<typeof LAST>): (text: string) => void {
  return (text) => quiet || process.stderr.write(`${printable(text)}\n`);
}

/** Opens the device that the options name, does the work, closes the device. */
export async function withDevice<T>(
  values: ValuesOf<typeof DEVICE>,
  say: (text: string) => void,
  work: (device: Device) => Promise<T>,
): Promise<T> {
  const { device: kind, workers, adapter } = values;
  const device = await open(
    { device: kind, workers, adapter, onNote: say } as Parameters<typeof open>[0],
  );
  try {
    return await work(device);
  } finally {
    await device.close();
  }
}

/** The options that make a run what it is. */
export function settingsOf(values: object): Record<string, unknown> {
  const { help: _help, plan: _plan, quiet: _quiet, resume: _resume, json: _json, ...settings } =
    values as Record<string, unknown>;
  return settings;
}

/** What `run.json` says of the programs and machines of a run, and how long it took. */
export function describeMachine(device: Device | undefined, { times }: Pick<Stages, "times">) {
  const seconds = Object.entries(times).map(([name, time]) => [name, Number(time.toFixed(3))]);
  return {
    versions: {
      asterism: VERSION,
      runtime: runtimeVersion(),
      system: `${process.platform}-${process.arch}`,
    },
    device: device?.info ?? null,
    seconds: Object.fromEntries(seconds),
  };
}
