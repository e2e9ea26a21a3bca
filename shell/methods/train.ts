import type { Device } from "../device/device.ts";
import type { Optimizer } from "../nn/optimizers.ts";
import type { Parameters } from "../nn/parameters.ts";
import type { Graph } from "../plan/graph.ts";
import type { Tensor } from "../plan/tensor.ts";
import { Philox } from "../random.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Rows } from "./rows.ts";
import { Run } from "./run.ts";

/** Where training stands. */
export interface Progress {
  /** What is being trained: "pretraining", "refinement". */
  readonly phase: string;
  /** 1 to `epochs`. */
  readonly epoch: number;
  /** Epochs that the phase has. */
  readonly epochs: number;
  /** Samples seen in this epoch, of `samples`. */
  readonly seen: number;
  /** Samples in an epoch. */
  readonly samples: number;
  /** Mean loss of this epoch so far. */
  readonly loss: number;
  /** Samples per second since training began. */
  readonly rate: number;
  /** Seconds until the last epoch ends, at that rate. */
  readonly left: number;
}

/** What the caller of a method may ask of its training loop. */
export interface TrainHooks {
  /** Called a few times a second. */
  readonly onProgress?: (progress: Progress) => void;
  /**
   * Waited for as often, between two messages to the device: to pause, or to read codes of the model
   * as it is. It changes no bit of the result.
   */
  readonly between?: (progress: Progress) => Promise<void> | void;
  /** Stops between two steps, with a `Cancelled` error, after a last checkpoint. */
  readonly signal?: AbortSignal;
  /** Keeps checkpoints, every so many seconds and when training is stopped. */
  readonly checkpoint?: { readonly seconds: number; save(one: Checkpoint): Promise<void> };
  /** Goes on from a checkpoint, to the same bits as a run that was never stopped. */
  readonly resume?: Checkpoint;
  /** Histories of the phases before, which a checkpoint keeps. */
  readonly earlier?: Readonly<Record<string, History>>;
}

/** A training run over batches of samples. */
export interface Training extends TrainHooks {
  /** Where it trains. */
  readonly device: Device;
  /** Name of this run among those of a method, for checkpoints and progress. */
  readonly phase: string;
  /** What it trains. */
  readonly parameters: readonly Parameters[];
  /** How it is trained. */
  readonly optimizer: Optimizer;
  /** What is trained on. */
  readonly rows: Rows;
  /**
   * Records the loss of a batch x [m, width], the rows `index[at .. at + m]`: one tensor [1], or
   * several by name, which are added.
   */
  record(g: Graph, x: Tensor, index: Tensor): Tensor | Readonly<Record<string, Tensor>>;
  /** Records what happens after the update. */
  readonly after?: (g: Graph) => void;
  /** Row numbers of an epoch in the order in which it sees them, always as many. */
  order(epoch: number): Uint32Array | Promise<Uint32Array>;
  /** Rows in a step. */
  readonly batch: number;
  /** Epochs. */
  readonly epochs: number;
  /** Learning rate of step 1 to `steps`. */
  rate(step: number, steps: number): number;
  /** Something to do before step 0, `steps`, 2 `steps`, ...; a text that it returns ends the run. */
  readonly every?: { readonly steps: number; act(step: number): Promise<string | void> };
  /** Ends the run when the loss of so many epochs in a row was not below the best one. */
  readonly patience?: number;
  /** Parts of the model that stand by unchanged, and that a checkpoint must hold as well. */
  readonly beside?: readonly Parameters[];
  /** More of the device's memory that a checkpoint must hold. */
  readonly state?: Readonly<Record<string, Tensor>>;
}

/** What a training run leaves. */
export interface History {
  /** Mean loss of each epoch. */
  readonly losses: readonly number[];
  /** The same for each part of the loss. */
  readonly parts: Readonly<Record<string, readonly number[]>>;
  /** Loss of every step of the last epoch. */
  readonly last: Float32Array;
  /** Steps that were taken. */
  readonly steps: number;
  /** Seconds that they took. */
  readonly seconds: number;
  /** "epochs", "patience", "diverged", or what `every` said. */
  readonly stopReason: string;
}

/** Streams of the seed above those of the parameters. */
const SHUFFLE_STREAM = 0x5f0000;

/** An order of `ids` that is drawn anew for each epoch. */
export function shuffled(ids: Uint32Array, seed: number): (epoch: number) => Uint32Array {
  return (epoch) =>
    new Philox(seed, SHUFFLE_STREAM + epoch).permutation(ids.length).map((i) => ids[i]);
}

/**
 * An order of rows that is drawn anew for each epoch. Where rows are in shards, the shards are
 * shuffled, and then the rows of those that follow one another, up to `mixed` rows, or those of one
 * shard: all of them are seen once, in an order that only so many have to be in memory for.
 *
 * @param ids rising; default all rows
 */
export function shuffledRows(
  { n, shards, mixed = Infinity }: Pick<Rows, "n" | "shards" | "mixed">,
  seed: number,
  ids: Uint32Array = range(n),
): (epoch: number) => Uint32Array {
  if (!shards) return shuffled(ids, seed);
  const parts: { rows: Uint32Array; size: number }[] = [];
  for (let s = 0, begin = 0; s + 1 < shards.length; s++) {
    let end = begin;
    while (end < ids.length && ids[end] < shards[s + 1]) end++;
    parts.push({ rows: ids.subarray(begin, end), size: shards[s + 1] - shards[s] });
    begin = end;
  }
  return (epoch) => {
    const draws = new Philox(seed, SHUFFLE_STREAM + epoch);
    const order = draws.permutation(parts.length);
    const out = new Uint32Array(ids.length);
    for (let at = 0, s = 0; s < order.length;) {
      const begin = at;
      let held = 0;
      do {
        const { rows, size } = parts[order[s++]];
        out.set(rows, at);
        at += rows.length;
        held += size;
      } while (s < order.length && held + parts[order[s]].size <= mixed);
      const rows = out.slice(begin, at);
      draws.permutation(rows.length).forEach((i, k) => out[begin + k] = rows[i]);
    }
    return out;
  };
}

/** 0, 1, ..., n - 1. */
export function range(n: number): Uint32Array {
  return Uint32Array.from({ length: n }, (_, i) => i);
}

/**
 * Minimises a loss over batches. The last batch of an epoch is smaller if the samples do not divide.
 *
 * A loss that stops being a number ends the run: the state after the last good epoch is restored.
 * @throws TrainingError if there was no good epoch before
 * @throws Cancelled if the signal is aborted
 */
export async function train(t: Training): Promise<History> {
  const first = await t.order(1);
  const run = new Run(t, first.length);
  await run.load();
  try {
    return await run.go();
  } finally {
    quietly(() => run.free());
  }
}

/** Cleaning up after a failure must not hide the failure. */
function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // The device is gone, and its memory with it.
  }
}
