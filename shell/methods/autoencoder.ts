import type { Device } from "../device/device.ts";
import type { Activation } from "../kernels/activation.ts";
import { type Mlp, mlp } from "../nn/mlp.ts";
import { adam } from "../nn/optimizers.ts";
import { Parameters } from "../nn/parameters.ts";
import { meanSquaredError } from "../ops/losses.ts";
import type { Plan } from "../plan/plan.ts";
import type { Tensor } from "../plan/tensor.ts";
import { mapRows } from "./infer.ts";
import { initialise, readWeights, type Weights } from "./model.ts";
import type { Rows } from "./rows.ts";
import { type Schedule, schedules } from "./schedule.ts";
import { type History, stepPlan, train, type TrainHooks, type Training } from "./train.ts";

/** Settings of {@link Autoencoder}. */
export interface AutoencoderOptions {
  /** Numbers in a row of the input. */
  readonly inputs: number;
  /** Hidden sizes of the encoder, mirrored in the decoder; default [500, 500, 2000]. */
  readonly hidden?: readonly number[];
  /** Numbers in the code; default 10. */
  readonly embedding?: number;
  /** Of the hidden layers; code and output are linear. Default relu. */
  readonly activation?: Activation;
  /** Learning rate of Adam; default .001. */
  readonly rate?: number;
  /** How the rate goes over the run; default hold. */
  readonly schedule?: Schedule;
  /** Samples per step; default 64. */
  readonly batch?: number;
  /** Passes over the samples; default 6. */
  readonly epochs?: number;
  /** 0 to 2^32 - 1; default 1. */
  readonly seed?: number;
}

/**
 * A dense autoencoder: `z = f(x)`, `y = g(z)`, trained end to end on the mean squared error of y
 * against x. The code z is the embedding that is clustered.
 * @see Hinton & Salakhutdinov 2006; layer sizes of Xie et al. 2016 (DEC)
 */
export class Autoencoder {
  readonly parameters = new Parameters();
  readonly options: Required<AutoencoderOptions>;
  readonly #encoder: Mlp;
  readonly #decoder: Mlp;

  /** @throws RangeError for a size that is not a positive integer */
  constructor(readonly device: Device, options: AutoencoderOptions) {
    this.options = {
      hidden: [500, 500, 2000],
      embedding: 10,
      activation: "relu",
      rate: 1e-3,
      schedule: "hold",
      batch: 64,
      epochs: 6,
      seed: 1,
      ...options,
    };
    const { inputs, hidden, embedding, activation } = this.options;
    const sizes = [inputs, ...hidden, embedding];
    const settings = { activation };
    this.#encoder = mlp(this.parameters, "encoder", sizes, settings);
    this.#decoder = mlp(this.parameters, "decoder", sizes.toReversed(), settings);
  }

  /** Trains from the starting values of the seed. */
  async fit(rows: Rows, hooks: TrainHooks = {}): Promise<History> {
    await initialise(this.device, this.parameters, this.options.seed);
    return await train({ ...this.#training(rows), ...hooks });
  }

  /** The program of one training step, to look at or to time. */
  plan(rows: Rows): Plan {
    return stepPlan(this.#training(rows));
  }

  #training(rows: Rows): Training {
    const { batch, epochs, seed, rate, schedule } = this.options;
    return {
      device: this.device,
      optimizer: adam(this.parameters),
      ids: Uint32Array.from({ length: rows.n }, (_, i) => i),
      batch,
      epochs,
      seed,
      rate: (step, steps) => rate * schedules[schedule](step, steps),
      rows,
      record: (g, x) => meanSquaredError(g, this.#decoder.apply(g, this.#encoder.apply(g, x)), x),
    };
  }

  /** Codes of all rows, [n, embedding], on the device; the caller frees it. */
  transform(rows: Rows): Promise<Tensor> {
    const { embedding } = this.options;
    return mapRows(this.device, rows, embedding, (g, x) => this.#encoder.apply(g, x));
  }

  /** Reconstructions of all rows, [n, inputs], on the device; the caller frees it. */
  reconstruct(rows: Rows): Promise<Tensor> {
    const { inputs } = this.options;
    return mapRows(
      this.device,
      rows,
      inputs,
      (g, x) => this.#decoder.apply(g, this.#encoder.apply(g, x)),
    );
  }

  /** The trained tensors by name. */
  weights(): Promise<Weights> {
    return readWeights(this.device, this.parameters);
  }
}
