import { DataError } from "../errors.ts";
import type { Device, Numbers } from "../device/device.ts";
import { copy } from "../kernels/copy.ts";
import type { Parameters } from "../nn/parameters.ts";
import { Graph } from "../plan/graph.ts";
import { compile, type Plan } from "../plan/plan.ts";
import { state, type Tensor } from "../plan/tensor.ts";
import type { History } from "./train.ts";

/** Numbers by name, as the host holds them. */
export type Saved = Record<string, { shape: number[]; data: Numbers }>;

/** A training run between two steps: everything that the rest of it depends on. */
export interface Checkpoint {
  /** Of the method's training runs, the one that was going on. */
  readonly phase: string;
  /** The epoch that was going on, from 1, and the steps of it that were done. */
  readonly epoch: number;
  /** Steps of the epoch that were taken. */
  readonly step: number;
  /** Mean losses of the epochs before, by part. */
  readonly parts: Readonly<Record<string, readonly number[]>>;
  /** Weights, moments and whatever else training changes, by name. */
  readonly tensors: Saved;
  /** Shape of each tensor of the network, by name. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** What the phases before left. */
  readonly earlier: Readonly<Record<string, History>>;
  /** Why the training run ended, if it has. */
  readonly stopReason?: string;
}

/** @throws DataError if a checkpoint is of a phase that a method does not have */
export function requirePhase(one: Checkpoint | undefined, phases: readonly string[]): void {
  if (one === undefined || phases.includes(one.phase)) return;
  throw new DataError(
    `the checkpoint is of the phase "${one.phase}", and there are ${
      phases.join(", ")
    } here only: ` +
      "resume with the method and settings of the run that wrote it",
  );
}

/** The shapes of what belongs to some parts of a model, by name. */
export function shapesOf(parts: readonly Parameters[]): Record<string, readonly number[]> {
  const all = parts.flatMap((part) => [...part.tensors, ...part.buffers]);
  return Object.fromEntries(all.map((t) => [t.name, t.shape]));
}

/** @throws DataError if a checkpoint is of a network with other tensors */
export function requireShapes(one: Checkpoint, parts: readonly Parameters[]): void {
  const text = (shape?: readonly number[]) =>
    Array.isArray(shape) ? `[${shape.join(", ")}]` : "none";
  const wanted = shapesOf(parts);
  for (const name of Object.keys({ ...wanted, ...one.shapes })) {
    const [mine, its] = [text(wanted[name]), text(one.shapes[name])];
    if (mine === its) continue;
    throw new DataError(
      `the checkpoint has ${name} ${its} where this network has ${mine}: resume with the settings ` +
        "of the run that wrote it",
    );
  }
}

/** Reads tensors of a device. */
export async function takeTensors(
  device: Device,
  tensors: Readonly<Record<string, Tensor>>,
): Promise<Saved> {
  const saved: Saved = {};
  for (const [name, t] of Object.entries(tensors)) {
    saved[name] = { shape: [...t.shape], data: await device.read(t) };
  }
  return saved;
}

/**
 * Writes tensors to a device.
 * @throws DataError if one is missing or has another shape or type: the checkpoint is of another
 * network
 */
export function writeTensors(
  device: Device,
  tensors: Readonly<Record<string, Tensor>>,
  saved: Saved,
): void {
  for (const [name, t] of Object.entries(tensors)) {
    const one = saved[name];
    const wanted = `${name} [${t.shape.join(", ")}]`;
    if (!one) {
      throw new DataError(`the checkpoint lacks ${wanted}: it is of another method or network`);
    }
    if (one.data.length !== t.size) {
      throw new DataError(
        `the checkpoint has ${name} [${one.shape.join(", ")}] where this network has ` +
          `[${t.shape.join(", ")}]: resume with the settings of the run that wrote it`,
      );
    }
  }
  for (const [name, t] of Object.entries(tensors)) device.write(t, saved[name].data);
}

/** A copy of tensors on their device, to go back to. */
export class Snapshot {
  /** Whether there is something to go back to. */
  taken = false;
  readonly #take: Plan;
  readonly #restore: Plan;
  /** Where the copies are, by the names of what they copy. */
  readonly copies: Readonly<Record<string, Tensor>>;

  constructor(readonly device: Device, tensors: Readonly<Record<string, Tensor>>) {
    const all = Object.entries(tensors).filter(([, t]) => t.dtype === "f32");
    this.copies = Object.fromEntries(all.map(([name, t]) => [name, state(name, t.shape)]));
    const take = new Graph("take snapshot"), restore = new Graph("restore snapshot");
    for (const [name, t] of all) {
      const kept = this.copies[name];
      take.call(copy, { x: t, y: kept }, { n: t.size });
      restore.call(copy, { x: kept, y: t }, { n: t.size });
    }
    [this.#take, this.#restore] = [compile(take), compile(restore)];
  }

  async load(): Promise<void> {
    for (const plan of [this.#take, this.#restore]) await this.device.load(plan);
  }

  take(): void {
    this.device.run(this.#take);
    this.taken = true;
  }

  restore(): void {
    this.device.run(this.#restore);
  }

  free(): void {
    for (const plan of [this.#take, this.#restore]) this.device.unload(plan);
    this.device.free(...Object.values(this.copies));
  }
}
