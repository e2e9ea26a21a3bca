import { clusterCodes } from "../cluster/codes.ts";
import type { Device } from "../device/device.ts";
import type { Activation } from "../kernels/activation.ts";
import { type Layer, mlp, type Shape } from "../nn/layers.ts";
import { type Network, network } from "../nn/network.ts";
import { Parameters } from "../nn/parameters.ts";
import { nearestNeighbours } from "../neighbours/neighbours.ts";
import { augment, type AugmentOptions } from "../ops/augment.ts";
import type { Graph } from "../plan/graph.ts";
import type { Plan } from "../plan/plan.ts";
import type { Tensor } from "../plan/tensor.ts";
import type { ClusterOptions } from "./autoencoder.ts";
import { requirePhase } from "./checkpoint.ts";
import { mapRows } from "./infer.ts";
import { type ClusterFit, Model, requireClusters, trainingOf } from "./model.ts";
import type { Relations } from "./pairs.ts";
import type { Rows } from "./rows.ts";
import { defaults, type TrainOptions } from "./settings.ts";
import { stepPlan } from "./step.ts";
import { range, train, type TrainHooks, type Training } from "./train.ts";
import { TupleOrder, type Tuples } from "./tuples.ts";
import { warningsOf } from "./warnings.ts";

/** Settings of a network that learns distances, all given. */
export interface MetricSettings extends TrainOptions, ClusterOptions {
  /** Shape of a row. */
  readonly input: Shape;
  /** From a row to its code. */
  readonly encoder: readonly Layer[];
  /**
   * How far apart what does not belong together shall be; default 1, of a triplet network 0.2: its
   * codes are at most 2 apart.
   */
  readonly margin: number;
  /** Random rotation and shift of the images while training; default none. */
  readonly augment: AugmentOptions | null;
  /** Without labels, pairs or triplets: nearest rows that belong with each; default 10. */
  readonly neighbours: number;
}

/** The same with defaults for all but the input. */
export interface MetricOptions extends Partial<Omit<MetricSettings, "input">> {
  /** Numbers in a row, or [height, width, channels] of an image. */
  readonly input: number | Shape;
  /** Without `encoder`: hidden sizes; default [500, 500]. */
  readonly hidden?: readonly number[];
  /** Without `encoder`: numbers in the code; default 10. */
  readonly embedding?: number;
  /** Without `encoder`: of the hidden layers; default relu. */
  readonly activation?: Activation;
}

/**
 * The settings with their defaults.
 * @param unit whether the encoder, unless it is given, ends with codes of length 1
 */
export function metricSettings(options: MetricOptions, unit = false): MetricSettings {
  const { input, hidden = [500, 500], embedding = 10, activation, ...given } = options;
  return defaults<MetricSettings>({
    rate: 1e-3,
    schedule: "hold",
    batch: 256,
    epochs: 5,
    clip: 0,
    patience: 0,
    seed: 1,
    clusters: 10,
    starts: 10,
    normalise: "none",
    encoder: mlp([...hidden, embedding], { activation, unit }),
    margin: 1,
    augment: null,
    neighbours: 10,
    input: typeof input === "number" ? [input] : input,
  }, given);
}

/** Stream of the seed for augmentation. */
const AUGMENT_STREAM = 0x4d0000;

/**
 * Networks that learn from which rows belong together; K-Means clusters what they make of the rows.
 * Shared by Siamese and triplet networks.
 */
export abstract class MetricModel<S extends MetricSettings> extends Model<S, ClusterFit> {
  readonly part = new Parameters("encoder");
  readonly encoder: Network;

  constructor(device: Device, settings: S) {
    super(device, settings);
    const { input, encoder } = this.options;
    this.encoder = network(this.part, "encoder", input, encoder);
  }

  get parts(): readonly Parameters[] {
    return [this.part];
  }

  /** What one epoch shows, from relations between the rows `ids`. */
  protected abstract tuples(relations: Relations, ids: Uint32Array, n: number): Tuples;

  /** Records the loss of the codes z, [arity m, width]: all first members, all second, ... */
  protected abstract loss(g: Graph, z: Tensor, order: TupleOrder): Tensor;

  /**
   * Trains, then clusters the codes of all rows.
   *
   * @param relations what belongs together; by default each row with its nearest neighbours, which
   * needs no labels
   * @param ids rows to learn from; default all
   * @throws RangeError if relations point outside the rows, or there is one class only
   */
  async fit(
    rows: Rows,
    relations: Relations | null = null,
    ids: Uint32Array = range(rows.n),
    hooks: TrainHooks = {},
  ): Promise<ClusterFit> {
    this.requireRows(rows, ids);
    requireClusters(this.options.clusters, rows);
    requirePhase(hooks.resume, ["training"]);
    const known = relations ?? await this.#neighbours(rows, ids, hooks);
    const tuples = this.tuples(known, ids, rows.n);
    if (!hooks.resume) await this.initialise();
    const order = new TupleOrder(this.device, tuples, this.options.batch);
    try {
      const training = await train(this.#training(rows, order, hooks));
      return await this.#cluster(rows, { training }, hooks.signal);
    } finally {
      order.free();
    }
  }

  /** The program of one training step, to look at or to time. */
  plan(rows: Rows, relations: Relations | null = null): Plan {
    // Which rows are neighbours makes no difference to the program.
    const known = relations ?? { neighbours: new Uint32Array(rows.n), k: 1 };
    const tuples = this.tuples(known, range(rows.n), rows.n);
    const order = new TupleOrder(this.device, tuples, this.options.batch);
    const { arity, count } = tuples;
    const plan = stepPlan(this.#training(rows, order, {}), arity * count);
    order.free();
    return plan;
  }

  /** The rows that are nearest to each. */
  async #neighbours(rows: Rows, ids: Uint32Array, { signal }: TrainHooks): Promise<Relations> {
    // At least one row must be left that does not belong with a row.
    const k = Math.max(1, Math.min(this.options.neighbours, ids.length - 2));
    const points = await mapRows(this.device, rows, rows.width, (_, x) => x, ids);
    const { indices } = await nearestNeighbours(this.device, points, { k, signal });
    this.device.free(points);
    const neighbours = new Uint32Array(rows.n * k);
    ids.forEach((id, i) => {
      for (let j = 0; j < k; j++) neighbours[id * k + j] = ids[indices[i * k + j]];
    });
    return { neighbours, k };
  }

  #training(rows: Rows, order: TupleOrder, hooks: TrainHooks): Training {
    return {
      ...trainingOf(this.options, this.parts, hooks),
      batch: order.batch,
      device: this.device,
      phase: "training",
      rows,
      order: (epoch) => order.epoch(epoch),
      record: (g, x) => {
        const step = g.scalar("step", "u32");
        const { seed, augment: options, input } = this.options;
        const image = input as [number, number, number];
        const seen = options
          ? augment(g, x, { seed, stream: AUGMENT_STREAM, step }, { image, ...options })
          : x;
        const z = this.encoder.apply(g, seen, { training: true, seed, step });
        return this.loss(g, z, order);
      },
    };
  }

  async #cluster(
    rows: Rows,
    history: ClusterFit["history"],
    signal?: AbortSignal,
  ): Promise<ClusterFit> {
    const { clusters: k, starts, seed, normalise } = this.options;
    const embedding = await this.codes(rows);
    const { found, clusters } = await clusterCodes(this.device, embedding, this.width, normalise, {
      ...{ clusters: k, starts, seed, signal },
    });
    this.clusters = clusters;
    const placed = await this.place(embedding);
    const { centres } = found;
    const warnings = warningsOf(this, history, embedding);
    const { stopReason } = history.training;
    return { ...placed, centres, embedding, history, stopReason, warnings };
  }
}
