import { Cancelled, TrainingError } from "../errors.ts";
import type { Device, Scalars } from "../device/device.ts";
import type { Optimizer } from "../nn/optimizers.ts";
import { putRows } from "../ops/gather.ts";
import { Graph } from "../plan/graph.ts";
import { compile, type Plan } from "../plan/plan.ts";
import { data, state, type Tensor } from "../plan/tensor.ts";
import { Philox } from "../random.ts";
import type { Rows } from "./rows.ts";

/** Where training stands. */
export interface Progress {
  /** 1 to `epochs`. */
  readonly epoch: number;
  readonly epochs: number;
  /** Samples seen in this epoch, of `samples`. */
  readonly seen: number;
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
  /** Stops between two steps, with a `Cancelled` error. */
  readonly signal?: AbortSignal;
}

/** A training run over batches of samples. */
export interface Training extends TrainHooks {
  readonly device: Device;
  readonly optimizer: Optimizer;
  readonly rows: Rows;
  /** Records the loss, [1], of a batch x [m, width]: the rows `index[at .. at + m]`. */
  record(g: Graph, x: Tensor, index: Tensor): Tensor;
  /** Row numbers to train on. */
  readonly ids: Uint32Array;
  readonly batch: number;
  readonly epochs: number;
  /** Learning rate of step 1 to `steps`. */
  rate(step: number, steps: number): number;
  readonly seed: number;
}

/** What a training run leaves. */
export interface History {
  /** Mean loss of each epoch. */
  readonly losses: readonly number[];
  /** Loss of every step of the last epoch. */
  readonly last: Float32Array;
  readonly steps: number;
  readonly seconds: number;
}

/** Milliseconds that one message to the device should take: short enough to stop in. */
const CHUNK = 120;

/** Streams of the seed above those of the parameters. */
const SHUFFLE_STREAM = 0x5f0000;

/**
 * Minimises a loss over shuffled batches. The last batch of an epoch is smaller if the samples do
 * not divide; every epoch sees every sample once.
 *
 * @throws TrainingError if the loss stops being a number
 * @throws Cancelled if the signal is aborted
 */
export async function train(t: Training): Promise<History> {
  const n = t.ids.length;
  const perEpoch = Math.ceil(n / t.batch);
  const index = data("index", [n], "u32");
  const log = state("losses", [perEpoch]);
  const plan = recordStep(t, index, log, Math.min(t.batch, n));
  const rest = n % t.batch === 0 || n < t.batch ? null : recordStep(t, index, log, n % t.batch);
  for (const p of rest ? [plan, rest] : [plan]) await t.device.load(p);
  try {
    return await loop(t, { plan, rest, index, log, perEpoch });
  } finally {
    for (const p of rest ? [plan, rest] : [plan]) quietly(() => t.device.unload(p));
    quietly(() => t.device.free(index, log));
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

/** The program of one full step of a training, for the bench and for people. */
export function stepPlan(t: Training): Plan {
  const log = state("losses", [Math.ceil(t.ids.length / t.batch)]);
  const index = data("index", [t.ids.length], "u32");
  return recordStep(t, index, log, Math.min(t.batch, t.ids.length));
}

/** The program of one step: loss, gradients, update, and a note of the loss. */
function recordStep(t: Training, index: Tensor, log: Tensor, m: number): Plan {
  const g = new Graph(`train, batch ${m}`);
  const loss = t.record(g, t.rows.batch(g, index, m), index);
  putRows(g, loss, log, g.scalar("slot", "u32"));
  g.backward(loss);
  t.optimizer.record(g);
  return compile(g);
}

interface Loop {
  readonly plan: Plan;
  readonly rest: Plan | null;
  readonly index: Tensor;
  readonly log: Tensor;
  readonly perEpoch: number;
}

async function loop(t: Training, { plan, rest, index, log, perEpoch }: Loop): Promise<History> {
  const n = t.ids.length;
  const losses: number[] = [];
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const whole = rest ? perEpoch - 1 : perEpoch;
  const most = Math.floor(t.rows.window / Math.min(t.batch, n));
  const scalars = (epoch: number, s: number): Scalars => {
    const step = (epoch - 1) * perEpoch + s + 1;
    const rate = t.rate(step, t.epochs * perEpoch);
    return { at: s * t.batch, slot: s, step, ...t.optimizer.scalars(step, rate) };
  };
  let last = new Float32Array(0);
  let chunk = 1;
  for (let epoch = 1; epoch <= t.epochs; epoch++) {
    const order = new Philox(t.seed, SHUFFLE_STREAM + epoch).permutation(n);
    const ids = order.map((i) => t.ids[i]);
    t.device.write(index, ids);
    let total = 0;
    last = new Float32Array(perEpoch);
    for (let s = 0; s < perEpoch;) {
      if (t.signal?.aborted) throw new Cancelled("training was stopped");
      const since = performance.now();
      const count = s < whole ? Math.min(chunk, whole - s, most) : 1;
      t.rows.stage(ids.subarray(s * t.batch, (s + count) * t.batch));
      const steps = Array.from(
        { length: count },
        (_, i) => ({ ...scalars(epoch, s + i), staged: i * t.batch }),
      );
      t.device.run(s < whole ? plan : rest!, steps);
      last.set(await t.device.read(log, undefined, { at: s, length: count }), s);
      for (let i = s; i < s + count; i++) {
        total += checked(last[i], t, epoch, i) * Math.min(t.batch, n - i * t.batch);
      }
      chunk = nextChunk(count, performance.now() - since);
      s += count;
      const seen = Math.min(s * t.batch, n);
      const rate = ((epoch - 1) * n + seen) / seconds();
      const left = ((t.epochs - epoch) * n + n - seen) / rate;
      t.onProgress?.({ epoch, epochs: t.epochs, seen, samples: n, loss: total / seen, rate, left });
    }
    losses.push(total / n);
  }
  return { losses, last, steps: t.epochs * perEpoch, seconds: seconds() };
}

/** Steps of the next message, from the time that the last one took; at most doubled. */
function nextChunk(count: number, ms: number): number {
  return Math.max(1, Math.min(2 * count, Math.round(count * CHUNK / Math.max(ms, 0.01))));
}

function checked(loss: number, t: Training, epoch: number, step: number): number {
  if (Number.isFinite(loss)) return loss;
  throw new TrainingError(
    `the loss became ${loss} in epoch ${epoch}, step ${step + 1}: lower the learning rate ` +
      `(now ${t.rate(step + 1, t.epochs)}), or look for extreme values in the data`,
  );
}
