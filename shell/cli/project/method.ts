/** What a projection is to the command line: one file each, listed in methods.ts. */

import type { Device } from "../../device/device.ts";
import type { Tensor } from "../../plan/tensor.ts";
import type { Options, ValuesOf } from "../options.ts";
import type { Bar } from "../progress.ts";

/** What a method is given beside its options. */
export interface ProjectTask {
  readonly device: Device;
  /** [n, dim], on the device. */
  readonly points: Tensor;
  /** Numbers that each row shall get, 1 or more. */
  readonly dimensions: number;
  /** Whether the command line names an option, which a default would not tell. */
  given(option: string): boolean;
  readonly signal: AbortSignal;
  readonly bar: Bar;
  /** Tells a person what they should know. */
  warn(text: string): void;
}

/** What a method gives back. */
export interface Projected {
  /** [n, dimensions], row by row. */
  readonly coordinates: Float32Array;
  /** What is printed, by name. */
  readonly figures: Readonly<Record<string, number | string>>;
  /** What else `run.json` says. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Files of the run folder beside the projection, by name. */
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
}

/** A method with its own options. */
export interface ProjectMethod {
  readonly about: string;
  readonly options: Options;
  /** @throws UsageError if options contradict each other or do not suit the points */
  run(task: ProjectTask, values: Record<string, unknown>): Promise<Projected>;
}

/** A method whose `run` is checked against its options. */
export function projectMethod<const T extends Options>(
  one: {
    readonly about: string;
    readonly options: T;
    run(task: ProjectTask, values: ValuesOf<T>): Promise<Projected>;
  },
): ProjectMethod {
  return one as unknown as ProjectMethod;
}
