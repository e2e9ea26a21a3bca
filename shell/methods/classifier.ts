import type { Device } from "../device/device.ts";
import { argmax } from "../kernels/argmax.ts";
import { type Mlp, mlp } from "../nn/mlp.ts";
import { adam } from "../nn/optimizers.ts";
import { INITIALISERS, Parameters } from "../nn/parameters.ts";
import { gatherRows } from "../ops/gather.ts";
import { crossEntropy } from "../ops/losses.ts";
import { Graph } from "../plan/graph.ts";
import { compile, type Plan } from "../plan/plan.ts";
import { data, state, type Tensor } from "../plan/tensor.ts";
import { mapRows } from "./infer.ts";
import { initialise, readWeights, type Weights } from "./model.ts";
import type { Rows } from "./rows.ts";
import { type Schedule, schedules } from "./schedule.ts";
import { type History, stepPlan, train, type TrainHooks, type Training } from "./train.ts";

/** Settings of {@link Classifier}. */
export interface ClassifierOptions {
  /** Numbers in a row of the input. */
  readonly inputs: number;
  /** Number of classes. */
  readonly classes: number;
  /** Sizes of the hidden layers; default [128]. */
  readonly hidden?: readonly number[];
  /** Learning rate of Adam; default .001. */
  readonly rate?: number;
  /** How the rate goes over the run; default hold. */
  readonly schedule?: Schedule;
  /** Samples per step; default 64. */
  readonly batch?: number;
  /** Passes over the samples; default 5. */
  readonly epochs?: number;
  /** 0 to 2^32 - 1; default 1. */
  readonly seed?: number;
}

/** A plain classifier: relu layers, softmax cross-entropy, Adam. */
export class Classifier {
  readonly parameters = new Parameters();
  readonly options: Required<ClassifierOptions>;
  readonly #net: Mlp;

  /** @throws RangeError for a size that is not a positive integer */
  constructor(readonly device: Device, options: ClassifierOptions) {
    this.options = {
      hidden: [128],
      rate: 1e-3,
      schedule: "hold",
      batch: 64,
      epochs: 5,
      seed: 1,
      ...options,
    };
    const { inputs, hidden, classes } = this.options;
    this.#net = mlp(this.parameters, "layers", [inputs, ...hidden, classes], {
      initialiser: INITIALISERS.fanIn,
    });
  }

  /** Trains on the rows `ids` (default all) with class numbers per row of `rows`. */
  async fit(
    rows: Rows,
    labels: Uint32Array,
    ids: Uint32Array = Uint32Array.from({ length: rows.n }, (_, i) => i),
    hooks: TrainHooks = {},
  ): Promise<History> {
    if (labels.length !== rows.n) {
      throw new RangeError(`fit: ${rows.n} rows need as many labels, got ${labels.length}`);
    }
    await initialise(this.device, this.parameters, this.options.seed);
    const label = data("labels", [rows.n], "u32");
    this.device.write(label, labels);
    const history = await train({ ...this.#training(rows, label, ids), ...hooks });
    this.device.free(label);
    return history;
  }

  /** The program of one training step, to look at or to time; labels are zero. */
  plan(rows: Rows): Plan {
    const ids = Uint32Array.from({ length: rows.n }, (_, i) => i);
    return stepPlan(this.#training(rows, data("labels", [rows.n], "u32"), ids));
  }

  #training(rows: Rows, label: Tensor, ids: Uint32Array): Training {
    const { batch, epochs, seed, rate, schedule } = this.options;
    return {
      device: this.device,
      optimizer: adam(this.parameters),
      ids,
      batch,
      epochs,
      seed,
      rate: (step, steps) => rate * schedules[schedule](step, steps),
      rows,
      record: (g, x, index) => {
        const y = gatherRows(g, label, index, x.shape[0], g.scalar("at", "u32"));
        return crossEntropy(g, this.#net.apply(g, x), y);
      },
    };
  }

  /** Class numbers of the rows `ids` (default all). */
  async predict(rows: Rows, ids?: Uint32Array): Promise<Uint32Array> {
    const { classes } = this.options;
    const logits = await mapRows(
      this.device,
      rows,
      classes,
      (g, x) => this.#net.apply(g, x),
      ids,
    );
    const m = logits.shape[0];
    const y = state("predicted", [m], "u32");
    const g = new Graph("predict");
    g.call(argmax, { x: logits, y }, { m, n: classes });
    const plan = compile(g);
    await this.device.load(plan);
    this.device.run(plan);
    const predicted = await this.device.read(y) as Uint32Array;
    this.device.unload(plan);
    this.device.free(logits, y);
    return predicted;
  }

  /** The trained tensors by name. */
  weights(): Promise<Weights> {
    return readWeights(this.device, this.parameters);
  }
}
