import { Cancelled, DataError, TrainingError } from "../errors.ts";
import type { Scalars } from "../device/device.ts";
import type { Parameters } from "../nn/parameters.ts";
import { findNonfiniteIn } from "../ops/finite.ts";
import type { Plan } from "../plan/plan.ts";
import { data, type Tensor } from "../plan/tensor.ts";
import {
  type Checkpoint,
  requireShapes,
  shapesOf,
  Snapshot,
  takeTensors,
  writeTensors,
} from "./checkpoint.ts";
import { recordStep } from "./step.ts";
import type { History, Progress, Training } from "./train.ts";

/** Milliseconds that one message to the device should take: short enough to stop in. */
const CHUNK = 120;

/** A training run in progress. */
export class Run {
  readonly #perEpoch: number;
  readonly #index: Tensor;
  readonly #logs = new Map<string, Tensor>();
  readonly #plan: Plan;
  readonly #rest: Plan | null;
  readonly #good: Snapshot;
  readonly #parts: Record<string, number[]> = {};
  /** Losses of the steps of this epoch, by part. */
  #notes: Record<string, Float32Array<ArrayBuffer>> = {};
  #epoch = 1;
  #step = 0;
  #done = 0;
  #started = 0;
  #kept = 0;
  /** Why it ended. */
  #ended: string | undefined;
  #chunk = 1;

  constructor(readonly t: Training, readonly samples: number) {
    const { batch } = t;
    this.#perEpoch = Math.ceil(samples / batch);
    this.#index = data("index", [samples], "u32");
    const record = (m: number) => recordStep(t, this.#index, this.#logs, samples, m);
    this.#plan = record(Math.min(batch, samples));
    this.#rest = samples % batch === 0 || samples < batch ? null : record(samples % batch);
    for (const name of this.#logs.keys()) this.#parts[name] = [];
    this.#good = new Snapshot(t.device, this.#state());
  }

  /** The parts of the model. */
  get #parameters(): readonly Parameters[] {
    return [...this.t.parameters, ...this.t.beside ?? []];
  }

  /** Everything that the next step depends on. */
  #state(): Record<string, Tensor> {
    const { optimizer, state } = this.t;
    return {
      ...Object.assign({}, ...this.#parameters.map((part) => part.state)),
      ...Object.fromEntries(optimizer.memory.map((slab) => [slab.name, slab.whole()])),
      ...state,
    };
  }

  get #plans(): Plan[] {
    return this.#rest ? [this.#plan, this.#rest] : [this.#plan];
  }

  async load(): Promise<void> {
    for (const plan of this.#plans) await this.t.device.load(plan);
    await this.#good.load();
    if (this.t.resume?.phase === this.t.phase) this.#resume(this.t.resume);
    else for (const slab of this.t.optimizer.memory) this.#zero(slab.whole());
  }

  #zero(tensor: Tensor): void {
    this.t.device.write(tensor, new Float32Array(tensor.size));
  }

  free(): void {
    for (const plan of this.#plans) this.t.device.unload(plan);
    this.#good.free();
    const moments = this.t.optimizer.memory.map((slab) => slab.whole());
    this.t.device.free(this.#index, ...this.#logs.values(), ...moments);
  }

  async go(): Promise<History> {
    this.#started = this.#kept = performance.now();
    if (this.#ended === undefined) {
      this.#ended = await this.#train();
      // What follows can be stopped too, and must not cost this run.
      await this.t.checkpoint?.save(await this.#checkpoint());
    }
    return this.#history(this.#ended);
  }

  /** Runs the epochs that are left; the result says why it ended. */
  async #train(): Promise<string> {
    let best = { loss: Infinity, epoch: 0 };
    this.#total().forEach((loss, i) => loss < best.loss && (best = { loss, epoch: i + 1 }));
    for (; this.#epoch <= this.t.epochs; this.#epoch++) {
      const said = await this.#runEpoch();
      if (said !== undefined) return said;
      if (!await this.#sound()) return "diverged";
      this.#good.take();
      const loss = this.#total().at(-1)!;
      if (loss < best.loss) best = { loss, epoch: this.#epoch };
      if (this.t.patience && this.#epoch - best.epoch >= this.t.patience) return "patience";
    }
    return "epochs";
  }

  #total(): number[] {
    const parts = Object.values(this.#parts);
    return parts[0].map((_, i) => parts.reduce((sum, part) => sum + part[i], 0));
  }

  #history(stopReason: string): History {
    const logs = Object.values(this.#notes);
    const last = logs[0]?.map((_, i) => logs.reduce((sum, log) => sum + log[i], 0));
    return {
      losses: this.#total(),
      parts: this.#parts,
      last: last ?? new Float32Array(0),
      steps: this.#done,
      seconds: (performance.now() - this.#started) / 1000,
      stopReason,
    };
  }

  /** One pass over the samples; a text ends the run. */
  async #runEpoch(): Promise<string | void> {
    const { t, samples } = this;
    const ids = await t.order(this.#epoch);
    t.device.write(this.#index, ids);
    if (this.#step === 0) {
      for (const name of this.#logs.keys()) this.#notes[name] = new Float32Array(this.#perEpoch);
    }
    while (this.#step < this.#perEpoch) {
      await this.#maybeKeep();
      const said = await this.#atInterval();
      if (said !== undefined) return said;
      if (!await this.#runSome(ids)) return "diverged";
      const progress = this.#progress();
      t.onProgress?.(progress);
      await t.between?.(progress);
    }
    for (const [name, log] of Object.entries(this.#notes)) {
      const sum = log.reduce((total, loss, s) => total + loss * this.#sizeOf(s), 0);
      this.#parts[name].push(sum / samples);
    }
    this.#step = 0;
  }

  /** Samples of step s of an epoch. */
  #sizeOf(s: number): number {
    return Math.min(this.t.batch, this.samples - s * this.t.batch);
  }

  async #atInterval(): Promise<string | void> {
    const { every } = this.t;
    if (every && this.#now() % every.steps === 0) return await every.act(this.#now());
  }

  /** Steps before this one, of all epochs. */
  #now(): number {
    return (this.#epoch - 1) * this.#perEpoch + this.#step;
  }

  /** Runs the steps of one message; false if the loss is not a number any more. */
  async #runSome(ids: Uint32Array): Promise<boolean> {
    const { t } = this;
    const since = performance.now();
    const from = this.#step;
    const count = this.#count();
    await t.rows.stage(ids.subarray(from * t.batch, (from + count) * t.batch));
    const steps = Array.from({ length: count }, (_, i) => this.#scalars(from + i, i));
    t.device.run(this.#sizeOf(from) === t.batch || !this.#rest ? this.#plan : this.#rest, steps);
    t.rows.ahead?.(ids.subarray((from + count) * t.batch));
    for (const [name, log] of this.#logs) {
      const read = await t.device.read(log, undefined, { at: from, length: count });
      this.#notes[name].set(read as Float32Array, from);
    }
    for (let i = from; i < from + count; i++) if (!this.#check(i)) return false;
    this.#chunk = nextChunk(count, performance.now() - since);
    this.#step += count;
    this.#done += count;
    return true;
  }

  /** Steps until something else has to happen, at most a message. */
  #count(): number {
    const { t } = this;
    const whole = this.#rest ? this.#perEpoch - 1 : this.#perEpoch;
    if (this.#step >= whole) return 1;
    const window = Math.floor(t.rows.window / Math.min(t.batch, this.samples));
    const interval = t.every ? t.every.steps - this.#now() % t.every.steps : Infinity;
    return Math.min(this.#chunk, whole - this.#step, window, interval);
  }

  #scalars(s: number, i: number): Scalars {
    const { t } = this;
    const step = (this.#epoch - 1) * this.#perEpoch + s + 1;
    const rate = t.rate(step, t.epochs * this.#perEpoch);
    const at = s * t.batch;
    return { at, slot: s, staged: i * t.batch, step, ...t.optimizer.scalars(step, rate) };
  }

  /** Whether the losses of step s are numbers. @throws TrainingError if no state is good */
  #check(s: number): boolean {
    const logs = Object.values(this.#notes);
    const loss = logs.reduce((sum, log) => sum + log[s], 0);
    return Number.isFinite(loss) || this.#goBack(`the loss became ${loss}`, s);
  }

  /** Whether all weights are numbers: no loss has seen the last update of an epoch yet. */
  async #sound(): Promise<boolean> {
    for (const { weights } of this.t.parameters) {
      if (weights.views.length === 0) continue;
      if (await findNonfiniteIn(this.t.device, weights.whole()) === undefined) continue;
      return this.#goBack("weights became infinite or NaN", this.#perEpoch - 1);
    }
    return true;
  }

  /** Back to the last good state after step s. @throws TrainingError if there is none */
  #goBack(what: string, s: number): false {
    if (this.#good.taken) {
      this.#good.restore();
      return false;
    }
    throw new TrainingError(
      `${what} in epoch ${this.#epoch}, step ${s + 1}: lower the learning rate ` +
        `(now ${this.#scalars(s, 0).rate}), or look for extreme values in the data`,
    );
  }

  #progress(): Progress {
    const { t, samples } = this;
    const seen = Math.min(this.#step * t.batch, samples);
    const seconds = (performance.now() - this.#started) / 1000;
    const rate = Math.min(this.#done * t.batch, this.#done / this.#perEpoch * samples) / seconds;
    let sum = 0;
    for (const log of Object.values(this.#notes)) {
      for (let s = 0; s < this.#step; s++) sum += log[s] * this.#sizeOf(s);
    }
    const left = ((t.epochs - this.#epoch) * samples + samples - seen) / rate;
    const { phase, epochs } = t;
    return { phase, epoch: this.#epoch, epochs, seen, samples, loss: sum / seen, rate, left };
  }

  /** Stops, or keeps a checkpoint, when it is time to. */
  async #maybeKeep(): Promise<void> {
    const { signal, checkpoint } = this.t;
    const stopped = signal?.aborted ?? false;
    const due = checkpoint && performance.now() - this.#kept >= 1000 * checkpoint.seconds;
    if (checkpoint && (due || stopped)) {
      await checkpoint.save(await this.#checkpoint());
      this.#kept = performance.now();
    }
    if (stopped) throw new Cancelled("training was stopped");
  }

  async #checkpoint(): Promise<Checkpoint> {
    const saved = await takeTensors(this.t.device, this.#state());
    for (const [name, log] of Object.entries(this.#notes)) {
      saved[`log ${name}`] = { shape: [log.length], data: log.slice() };
    }
    const { phase, earlier = {} } = this.t;
    const [epoch, step, parts] = [this.#epoch, this.#step, this.#parts];
    const stopReason = this.#ended, shapes = shapesOf(this.#parameters);
    return { phase, epoch, step, parts, tensors: saved, shapes, earlier, stopReason };
  }

  #resume(from: Checkpoint): void {
    requireShapes(from, this.#parameters);
    for (const name of this.#logs.keys()) {
      const [losses, log] = [from.parts[name], from.tensors[`log ${name}`]?.data];
      if (!Array.isArray(losses) || log?.length !== this.#perEpoch || from.step > log.length) {
        throw new DataError(
          `the checkpoint of the phase "${from.phase}" is of other losses, rows or batches: resume ` +
            "with the method, data and settings of the run that wrote it",
        );
      }
      this.#parts[name] = [...losses];
      this.#notes[name] = new Float32Array(log);
    }
    writeTensors(this.t.device, this.#state(), from.tensors);
    [this.#epoch, this.#step, this.#ended] = [from.epoch, from.step, from.stopReason];
    if (from.epoch > 1) this.#good.take();
  }
}

/** Steps of the next message, from the time that the last one took; at most doubled. */
function nextChunk(count: number, ms: number): number {
  return Math.max(1, Math.min(2 * count, Math.round(count * CHUNK / Math.max(ms, 0.01))));
}
