/** What an algorithm is to the command line: one file each, listed in algorithms.ts. */

import type { Device } from "../../device/device.ts";
import type { Tensor } from "../../plan/tensor.ts";
import type { Options, ValuesOf } from "../options.ts";
import type { Bar } from "../progress.ts";

/** What an algorithm is given beside its options. */
export interface Task {
  readonly device: Device;
  /** [n, dim], on the device; written there when they are asked for. */
  readonly points: Tensor;
  /** The same numbers, in the host's memory, and how many make a row. */
  readonly rows: Float32Array;
  readonly width: number;
  /** Number of each row in its source. */
  readonly ids: ArrayLike<number>;
  /** How much each row counts; only with the option `--weights`. */
  readonly weights?: Float32Array;
  /** Number of known classes, if there are any: the number of clusters by default. */
  readonly classes?: number;
  /** Whether the command line names an option, which a default would not tell. */
  given(option: string): boolean;
  readonly signal: AbortSignal;
  readonly bar: Bar;
  /** Tells a person what they should know. */
  warn(text: string): void;
}

/** What an algorithm gives back. */
export interface Clustering {
  /** Cluster of each point, -1 for noise. */
  readonly labels: Int32Array;
  /** Distance of each point to the centre of its cluster. */
  readonly distance?: Float32Array;
  /** How sure each point's cluster is, from 0 to 1. */
  readonly confidence?: Float32Array;
  /** Of each point's cluster, for that point. */
  readonly probability?: Float32Array;
  /** 1 for core points, 0 for others. */
  readonly core?: Uint8Array;
  /** What is printed, by name. */
  readonly figures: Readonly<Record<string, number | string>>;
  /** What else `run.json` says. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Files of the run folder beside `assignments.parquet`, by name. */
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
}

/** An algorithm with its own options. */
export interface Algorithm {
  readonly about: string;
  readonly options: Options;
  /** @throws UsageError if options contradict each other or do not suit the points */
  run(task: Task, values: Record<string, unknown>): Promise<Clustering>;
}

/** An algorithm whose `run` is checked against its options. */
export function algorithm<const T extends Options>(
  one: {
    readonly about: string;
    readonly options: T;
    run(task: Task, values: ValuesOf<T>): Promise<Clustering>;
  },
): Algorithm {
  return one as unknown as Algorithm;
}
