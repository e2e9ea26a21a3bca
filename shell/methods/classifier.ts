import type { Device } from "../device/device.ts";
import { type Layer, mlp, type Shape } from "../nn/layers.ts";
import { type Network, network } from "../nn/network.ts";
import { Parameters } from "../nn/parameters.ts";
import { gatherRows } from "../ops/gather.ts";
import { crossEntropy } from "../ops/losses.ts";
import type { Plan } from "../plan/plan.ts";
import { data, type Tensor } from "../plan/tensor.ts";
import { requirePhase } from "./checkpoint.ts";
import { mapRows } from "./infer.ts";
import { chosen, type Fit, Model, type Prediction, trainingOf } from "./model.ts";
import { type Rows, upload } from "./rows.ts";
import { defaults, type TrainOptions } from "./settings.ts";
import { stepPlan } from "./step.ts";
import { range, shuffledRows, train, type TrainHooks, type Training } from "./train.ts";
import { divergences } from "./warnings.ts";

/** Settings of a classifier, all given. */
export interface ClassifierSettings extends TrainOptions {
  /** Shape of a row. */
  readonly input: Shape;
  /** Number of classes. */
  readonly classes: number;
  /** Before the last layer, which makes a number for each class. */
  readonly encoder: readonly Layer[];
}

/** Settings of {@link Classifier}; all but input and classes have defaults. */
export interface ClassifierOptions extends Partial<Omit<ClassifierSettings, "input" | "classes">> {
  /** Numbers in a row, or [height, width, channels] of an image. */
  readonly input: number | Shape;
  /** Number of classes, 2 or more. */
  readonly classes: number;
  /** Without `encoder`: sizes of the hidden layers; default [128]. */
  readonly hidden?: readonly number[];
}

/** A plain classifier: relu layers, softmax cross-entropy, Adam. */
export class Classifier extends Model<ClassifierSettings> {
  /** Name of the method, as model files and the command line have it. */
  readonly method = "classifier";
  /** The weights, with their gradients. */
  readonly part = new Parameters("classifier");
  /** All layers but the last. */
  readonly encoder: Network;
  readonly #head: Network;

  /**
   * Makes the network, with its weights as the seed says.
   * @throws RangeError for a size that is not a positive integer
   */
  constructor(device: Device, options: ClassifierOptions) {
    const { input, classes, hidden = [128], ...given } = options;
    super(
      device,
      defaults<ClassifierSettings>({
        rate: 2e-3,
        schedule: "hold",
        batch: 64,
        epochs: 5,
        clip: 0,
        patience: 0,
        seed: 1,
        encoder: mlp(hidden, { output: "relu" }),
        classes,
        input: typeof input === "number" ? [input] : input,
      }, given),
    );
    const { encoder } = this.options;
    this.encoder = network(this.part, "layers", this.options.input, encoder);
    const head = mlp([classes]);
    this.#head = network(this.part, "head", this.encoder.output, head);
  }

  /** All parts that have weights, in the order of model files. */
  get parts(): readonly Parameters[] {
    return [this.part];
  }

  /**
   * Trains on the rows `ids` (default all).
   * @param labels class number of each row of `rows`
   * @throws RangeError unless there is a label below `classes` for each row
   */
  async fit(
    rows: Rows,
    labels: Uint32Array,
    ids: Uint32Array = range(rows.n),
    hooks: TrainHooks = {},
  ): Promise<Fit> {
    this.requireRows(rows, ids);
    requirePhase(hooks.resume, ["training"]);
    const { classes } = this.options;
    if (labels.length !== rows.n) {
      throw new RangeError(`fit: ${rows.n} rows need as many labels, got ${labels.length}`);
    }
    const wrong = ids.find((id) => labels[id] >= classes);
    if (wrong !== undefined) {
      throw new RangeError(`fit: the label of row ${wrong} must be below ${classes}`);
    }
    if (!hooks.resume) await this.initialise();
    const label = data("labels", [rows.n], "u32");
    this.device.write(label, labels);
    const training = await train(this.#training(rows, label, ids, hooks));
    this.device.free(label);
    const { stopReason } = training;
    const history = { training };
    return { ...await this.predict(rows), history, stopReason, warnings: divergences(history) };
  }

  /** The program of one training step, to look at or to time; labels are zero. */
  plan(rows: Rows): Plan {
    return stepPlan(this.#training(rows, data("labels", [rows.n], "u32"), range(rows.n)));
  }

  #training(rows: Rows, label: Tensor, ids: Uint32Array, hooks: TrainHooks = {}): Training {
    const { seed } = this.options;
    return {
      ...trainingOf(this.options, this.parts, hooks),
      device: this.device,
      phase: "training",
      rows,
      order: shuffledRows(rows, seed, ids),
      record: (g, x, index) => {
        const y = gatherRows(g, label, index, x.shape[0], g.scalar("at", "u32"));
        const mode = { training: true, seed, step: g.scalar("step", "u32") };
        const h = this.encoder.apply(g, x, mode);
        return crossEntropy(g, this.#head.apply(g, h, mode), y);
      },
    };
  }

  /** Class of each code, the output of the last hidden layer, and the probability of every class. */
  override async place(codes: Float32Array): Promise<Prediction> {
    const { classes } = this.options;
    const h = upload(this.device, codes, this.width);
    const logits = await mapRows(this.device, h, classes, (g, x) => this.#head.apply(g, x));
    const probabilities = softmax(await this.device.read(logits) as Float32Array, classes);
    h.free();
    this.device.free(logits);
    const labels = new Uint32Array(probabilities.length / classes);
    labels.forEach((_, i) => {
      for (let j = 1; j < classes; j++) {
        if (probabilities[i * classes + j] > probabilities[i * classes + labels[i]]) labels[i] = j;
      }
    });
    return { labels, probabilities, confidence: chosen(probabilities, labels) };
  }
}

/** `p_j = exp(x_j - max x) / sum_l exp(x_l - max x)` for each row of `k` numbers. */
function softmax(logits: Float32Array, k: number): Float32Array {
  const p = new Float32Array(logits.length);
  for (let i = 0; i < logits.length; i += k) {
    const row = logits.subarray(i, i + k);
    const most = row.reduce((a, b) => Math.max(a, b));
    const sum = row.reduce((total, x) => total + Math.exp(x - most), 0);
    for (let j = 0; j < k; j++) p[i + j] = Math.exp(row[j] - most) / sum;
  }
  return p;
}
