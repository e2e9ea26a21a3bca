import { clusterCodes } from "../cluster/codes.ts";
import type { KmeansResult } from "../cluster/kmeans.ts";
import type { Normalisation } from "../cluster/normalise.ts";
import type { Device } from "../device/device.ts";
import { DataError } from "../errors.ts";
import type { Activation } from "../kernels/activation.ts";
import { type Layer, mlp, type Shape, sizeOf } from "../nn/layers.ts";
import { type Mode, type Network, network } from "../nn/network.ts";
import { Parameters } from "../nn/parameters.ts";
import { mirror } from "../nn/shapes.ts";
import { augment, type AugmentOptions } from "../ops/augment.ts";
import { dropout } from "../ops/elementwise.ts";
import { meanSquaredError } from "../ops/losses.ts";
import type { Graph } from "../plan/graph.ts";
import type { Plan } from "../plan/plan.ts";
import type { Tensor } from "../plan/tensor.ts";
import { requirePhase } from "./checkpoint.ts";
import { mapRows } from "./infer.ts";
import { pretrainLayers } from "./layerwise.ts";
import { type ClusterFit, Model, requireClusters, type SavedModel, trainingOf } from "./model.ts";
import type { Rows } from "./rows.ts";
import { defaults, type TrainOptions } from "./settings.ts";
import { stepPlan } from "./step.ts";
import { type History, shuffledRows, train, type TrainHooks, type Training } from "./train.ts";
import { warningsOf } from "./warnings.ts";

/** How the codes are clustered. */
export interface ClusterOptions {
  /** Number of clusters; default 10. */
  readonly clusters: number;
  /** K-Means runs, of which the best counts; default 10. */
  readonly starts: number;
  /** What K-Means sees of the codes; default none: the codes themselves. */
  readonly normalise: Normalisation;
}

/** What an autoencoder gives back of an augmented image. */
export type Reconstruct = "seen" | "clean";

/** Settings of an autoencoder, all given. */
export interface AutoencoderSettings extends TrainOptions, ClusterOptions {
  /** Shape of a row. */
  readonly input: Shape;
  /** From a row to its code; the decoder mirrors it. */
  readonly encoder: readonly Layer[];
  /** Share of the input's numbers that training zeroes (denoising); default 0. */
  readonly corruption: number;
  /** Random rotation and shift of the images while training; default none. */
  readonly augment: AugmentOptions | null;
  /**
   * Of augmented images, what the decoder is to give back: the image as it was `seen` (default), or
   * the `clean` one, so that the code need not keep how it was turned and shifted.
   */
  readonly reconstruct: Reconstruct;
  /** Epochs of denoising layer by layer before the whole is trained; default 0. */
  readonly layerwise: number;
}

/** Settings of {@link Autoencoder}; all but the input have defaults. */
export interface AutoencoderOptions extends Partial<Omit<AutoencoderSettings, "input">> {
  /** Numbers in a row, or [height, width, channels] of an image. */
  readonly input: number | Shape;
  /** Without `encoder`: hidden sizes; default [500, 500, 2000]. */
  readonly hidden?: readonly number[];
  /** Without `encoder`: numbers in the code; default 10. */
  readonly embedding?: number;
  /** Without `encoder`: of the hidden layers; default relu. The code is linear. */
  readonly activation?: Activation;
}

/** The settings with their defaults. */
export function autoencoderSettings(options: AutoencoderOptions): AutoencoderSettings {
  const { input, hidden = [500, 500, 2000], embedding = 10, activation, ...given } = options;
  return defaults<AutoencoderSettings>({
    rate: 1e-3,
    schedule: "hold",
    batch: 64,
    epochs: 6,
    clip: 0,
    patience: 0,
    seed: 1,
    clusters: 10,
    starts: 10,
    normalise: "none",
    corruption: 0,
    augment: null,
    reconstruct: "seen",
    layerwise: 0,
    encoder: mlp([...hidden, embedding], { activation }),
    input: typeof input === "number" ? [input] : input,
  }, given);
}

/** Streams of the seed for what happens to the input. */
const AUGMENT_STREAM = 0x4d0000;
const CORRUPT_STREAM = 0x4d0001;

/**
 * An autoencoder: `z = f(x)`, `y = g(z)`, trained end to end on the mean squared error of y against
 * x. The code z is the embedding; K-Means clusters it.
 *
 * @see Hinton & Salakhutdinov 2006; layer sizes of Xie et al. 2016 (DEC); denoising: Vincent et al.
 * 2010; augmentation: Guo et al. 2018 (DEC-DA)
 */
export class Autoencoder<
  S extends AutoencoderSettings = AutoencoderSettings,
> extends Model<S, ClusterFit> {
  /** Name of the method, as model files and the command line have it. */
  readonly method: string = "autoencoder";
  /** The network from rows to codes. */
  readonly encoder: Network;
  /** The network from codes back to rows. */
  readonly decoder: Network;
  /** The weights of the encoder, with their gradients. */
  readonly encoderPart = new Parameters("encoder");
  /** What the first phase would make, by {@link adopt}. */
  protected adopted: SavedModel | null = null;
  /** The weights of the decoder, with their gradients. */
  readonly decoderPart: Parameters;

  /**
   * Makes the network, with its weights as the seed says.
   * @throws RangeError for layers that do not fit the input or each other, or a setting out of its range
   */
  constructor(
    device: Device,
    options: AutoencoderOptions,
    more?: Omit<S, keyof AutoencoderSettings>,
  ) {
    super(device, { ...autoencoderSettings(options), ...more } as S);
    const { input, encoder } = this.options;
    this.encoder = network(this.encoderPart, "encoder", input, encoder);
    this.decoderPart = new Parameters("decoder", this.encoderPart.tensors.length);
    const layers = mirror(input, encoder);
    this.decoder = network(this.decoderPart, "decoder", this.encoder.output, layers);
  }

  /** All parts that have weights, in the order of model files. */
  get parts(): readonly Parameters[] {
    return [this.encoderPart, this.decoderPart];
  }

  /** Trains, then clusters the codes. */
  async fit(rows: Rows, hooks: TrainHooks = {}): Promise<ClusterFit> {
    requireClusters(this.options.clusters, rows);
    const history = await this.pretrain(rows, hooks);
    const { embedding, found: { centres } } = await this.cluster(rows, hooks.signal);
    const { stopReason } = history.pretraining;
    const warnings = warningsOf(this, history, embedding);
    // Placed as any other rows will be: the clusters of a fit are those that the model predicts.
    const placed = await this.place(embedding);
    return { ...placed, embedding, centres, history, stopReason, warnings };
  }

  /** Trains to reconstruct the rows, from the starting values of the seed. */
  async pretrain(rows: Rows, hooks: TrainHooks = {}): Promise<Record<string, History>> {
    this.requireRows(rows);
    requirePhase(hooks.resume, this.phases);
    const history: Record<string, History> = { ...hooks.resume?.earlier };
    if (!hooks.resume) await this.initialise();
    if (this.options.layerwise > 0 && hooks.resume?.phase !== "pretraining") {
      Object.assign(history, await pretrainLayers(this, rows, hooks, history));
    }
    history.pretraining = await train(this.training(rows, { ...hooks, earlier: history }));
    return history;
  }

  /**
   * Takes over the networks of a trained model, so that the first phase can be left out.
   * @throws DataError if it has other layers, or no decoder where one is needed
   */
  adopt(saved: SavedModel): void {
    this.take(this.adoptable(saved), saved);
    this.adopted = saved;
  }

  /** The parts that a saved model can give. @throws DataError if it lacks the decoder */
  protected adoptable({ method, tensors }: SavedModel): readonly Parameters[] {
    const own = this.decoderPart.tensors.some(({ name }) => Object.hasOwn(tensors, name));
    if (own) return [this.encoderPart, this.decoderPart];
    throw new DataError(
      `a model of ${method} has no decoder, and ${this.method} goes on reconstructing: name an ` +
        "autoencoder, or refine it by dec",
    );
  }

  /** Names of the training runs, in order. */
  protected get phases(): readonly string[] {
    const layers = this.options.layerwise > 0 ? this.encoder.layers : [];
    return [...layers.map((_, i) => `layer ${i + 1}`), "pretraining"];
  }

  /** Finds clusters in the codes. */
  async cluster(
    rows: Rows,
    signal?: AbortSignal,
  ): Promise<{ readonly embedding: Float32Array; readonly found: KmeansResult }> {
    const { clusters: k, starts, seed, normalise } = this.options;
    const embedding = await this.codes(rows);
    const options = { clusters: k, starts, seed, signal };
    const { found, clusters } = await clusterCodes(
      this.device,
      embedding,
      this.width,
      normalise,
      options,
    );
    this.clusters = clusters;
    return { embedding, found };
  }

  /** The program of one training step, to look at or to time. */
  plan(rows: Rows): Plan {
    return stepPlan(this.training(rows));
  }

  /** The training run of {@link pretrain}. */
  protected training(rows: Rows, hooks: TrainHooks = {}): Training {
    return {
      ...trainingOf(this.options, [this.encoderPart, this.decoderPart], hooks),
      device: this.device,
      phase: "pretraining",
      rows,
      order: shuffledRows(rows, this.options.seed),
      record: (g, x) => {
        const seen = this.view(g, x);
        const z = this.code(g, seen);
        return { reconstruction: this.reconstructionLoss(g, this.target(x, seen), z) };
      },
    };
  }

  /** What training shows of a batch: the batch itself, or augmented images. */
  view(g: Graph, x: Tensor, stream = 0): Tensor {
    const { augment: options, seed, input } = this.options;
    if (!options) return x;
    const draw = { seed, stream: AUGMENT_STREAM + 2 * stream, step: g.scalar("step", "u32") };
    return augment(g, x, draw, { image: input as [number, number, number], ...options });
  }

  /** The code of a batch while training. */
  code(g: Graph, x: Tensor): Tensor {
    const { corruption, seed } = this.options;
    const mode = this.mode(g);
    const draw = { seed, stream: CORRUPT_STREAM, step: g.scalar("step", "u32") };
    const input = corruption > 0 ? dropout(g, x, 1 - corruption, draw) : x;
    return this.encoder.apply(g, input, mode);
  }

  /** What a batch is to be reconstructed to, that is x and was seen as `seen`. */
  target(x: Tensor, seen: Tensor): Tensor {
    return this.options.reconstruct === "clean" ? x : seen;
  }

  /** The loss of the reconstruction of `target` from codes z. */
  reconstructionLoss(g: Graph, target: Tensor, z: Tensor, weight = 1): Tensor {
    return meanSquaredError(g, this.decoder.apply(g, z, this.mode(g)), target, weight);
  }

  /** How the layers run in a graph: training or not, and what they draw. */
  mode(g: Graph): Mode {
    return { training: true, seed: this.options.seed, step: g.scalar("step", "u32") };
  }

  /** Reconstructions of all rows, [n, numbers in a row], on the device; the caller frees it. */
  reconstruct(rows: Rows): Promise<Tensor> {
    this.requireRows(rows);
    return mapRows(
      this.device,
      rows,
      sizeOf(this.options.input),
      (g, x) => this.decoder.apply(g, this.encoder.apply(g, x)),
    );
  }
}
