import type { CodeClusters } from "../cluster/codes.ts";
import { placeCodes } from "../cluster/codes.ts";
import type { Device } from "../device/device.ts";
import { DataError } from "../errors.ts";
import { sizeOf } from "../nn/layers.ts";
import type { Network } from "../nn/network.ts";
import { adam, type Optimizer } from "../nn/optimizers.ts";
import type { Parameters } from "../nn/parameters.ts";
import { compile } from "../plan/plan.ts";
import type { Tensor } from "../plan/tensor.ts";
import { type InferHooks, mapRows } from "./infer.ts";
import type { Rows } from "./rows.ts";
import { checkSettings, schedules, type TrainOptions } from "./settings.ts";
import type { History, TrainHooks } from "./train.ts";

/** Tensors by name, as a file holds them. */
export type Weights = Record<string, { shape: number[]; data: Float32Array }>;

/** Clusters and, where there are some, how sure each is. */
export interface Prediction {
  /** Cluster, or class, of each row, [n]. */
  readonly labels: Uint32Array;
  /** [n, k], rows that add up to 1, where the method has them. */
  readonly probabilities?: Float32Array;
  /** Distance to the cluster's centre, where the method has one. */
  readonly distances?: Float32Array;
  /**
   * How sure each row's cluster is, from 0 to 1: the probability of that cluster where the method
   * has some, else `1 - d1 / d2` of the distances to the nearest centre and the next one.
   */
  readonly confidence: Float32Array;
}

/** What fitting a method gives. */
export interface Fit extends Prediction {
  /** By phase. */
  readonly history: Readonly<Record<string, History>>;
  /** Why the last phase ended. */
  readonly stopReason: string;
  /** What went wrong and was answered, one sentence each. */
  readonly warnings: readonly string[];
}

/** What a method that clusters gives. */
export interface ClusterFit extends Fit {
  /** Codes of all rows, [n, width]. */
  readonly embedding: Float32Array;
  /** k rows; in the space of the codes, or what `normalise` made of it. */
  readonly centres: Float32Array;
  /** Clusters as they were before a second phase refined them. */
  readonly firstLabels?: Uint32Array;
}

/** A model as a file holds it. */
export interface SavedModel {
  /** Name of the method: "autoencoder". */
  readonly method: string;
  /** Its settings: with them the same networks can be built. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Weights by name. */
  readonly tensors: Weights;
  /** Clusters in the codes, without the centres, which are the tensor `centres`. */
  readonly clusters?: Omit<CodeClusters, "centres">;
}

/** What every method shares: networks that make codes, and clusters among the codes. */
export abstract class Model<O extends { readonly seed: number }, F extends Fit = Fit> {
  /** Name of the method, as files and the command line have it. */
  abstract readonly method: string;
  /** The trainable parts. */
  abstract readonly parts: readonly Parameters[];
  /** The network that makes the codes. */
  abstract readonly encoder: Network;
  /** The clusters in the space of the codes, once they are known. */
  clusters: CodeClusters | null = null;

  /**
   * Takes the settings, all given.
   * @throws RangeError for a setting that is out of its range
   */
  constructor(readonly device: Device, readonly options: Readonly<O>) {
    checkSettings(options);
  }

  /** Trains on rows; all that is random comes from the seed. */
  abstract fit(rows: Rows, ...more: unknown[]): Promise<F>;

  /** Numbers in a code. */
  get width(): number {
    return sizeOf(this.encoder.output);
  }

  /** Sets all parameters to the starting values of the seed. */
  async initialise(): Promise<void> {
    for (const part of this.parts) {
      const plan = compile(part.initialise(this.options.seed));
      await this.device.load(plan);
      this.device.run(plan);
      await this.device.sync();
      this.device.unload(plan);
    }
  }

  /**
   * Makes sure that a model can take these rows.
   * @throws RangeError unless the rows are of the size of the input, and `ids` are some of them
   */
  protected requireRows(rows: Rows, ids?: Uint32Array): void {
    const wanted = sizeOf(this.encoder.input);
    if (rows.width !== wanted) {
      throw new RangeError(
        `${this.method}: rows must have ${wanted} numbers (${this.encoder.input.join(" x ")}), ` +
          `got ${rows.width}`,
      );
    }
    const wrong = ids?.find((id) => id >= rows.n);
    if (wrong === undefined && ids?.length !== 0) return;
    throw new RangeError(
      `${this.method}: there are rows 0 to ${rows.n - 1}, got ${wrong ?? "none to work on"}`,
    );
  }

  /** Codes of rows, [n, width], on the device; the caller frees it. */
  transform(rows: Rows, ids?: Uint32Array, hooks?: InferHooks): Promise<Tensor> {
    this.requireRows(rows, ids);
    return mapRows(this.device, rows, this.width, (g, x) => this.encoder.apply(g, x), ids, hooks);
  }

  /** Codes of rows, read by the host. */
  async codes(rows: Rows, ids?: Uint32Array, hooks?: InferHooks): Promise<Float32Array> {
    const z = await this.transform(rows, ids, hooks);
    const codes = await this.device.read(z) as Float32Array;
    this.device.free(z);
    return codes;
  }

  /**
   * Clusters of rows.
   * @throws RangeError before `fit` has found clusters
   */
  async predict(rows: Rows, ids?: Uint32Array): Promise<Prediction> {
    return await this.place(await this.codes(rows, ids));
  }

  /**
   * Clusters of codes, [n, width], as {@link codes} gives them.
   * @throws RangeError before `fit` has found clusters
   */
  async place(codes: Float32Array): Promise<Prediction> {
    if (!this.clusters) {
      throw new RangeError(`${this.method}: there are no clusters yet: fit the model first`);
    }
    return await placeCodes(this.device, codes, this.width, this.clusters);
  }

  /** Every tensor that belongs to the model, by name. */
  get tensors(): Readonly<Record<string, Tensor>> {
    const all = this.parts.flatMap((part) => [...part.tensors, ...part.buffers]);
    return Object.fromEntries(all.map((t) => [t.name, t]));
  }

  /** Settings, weights and clusters: all that a file needs. */
  async save(): Promise<SavedModel> {
    const tensors: Weights = {};
    for (const [name, t] of Object.entries(this.tensors)) {
      tensors[name] = { shape: [...t.shape], data: await this.device.read(t) as Float32Array };
    }
    const saved = { method: this.method, options: { ...this.options }, tensors };
    if (!this.clusters) return saved;
    const { centres, ...clusters } = this.clusters;
    const shape = [centres.length / this.width, this.width];
    return { ...saved, clusters, tensors: { ...tensors, centres: { shape, data: centres } } };
  }

  /**
   * Takes over what {@link save} gave.
   * @throws DataError if a tensor is missing or has another shape
   */
  restore(saved: SavedModel): void {
    const clusters = saved.clusters === undefined ? null : clustersOf(saved, this.width);
    this.take(this.parts, saved);
    this.clusters = clusters;
  }

  /** Writes the tensors of some parts. @throws DataError if one is missing or does not fit */
  protected take(parts: readonly Parameters[], { tensors }: SavedModel): void {
    const wanted = parts.flatMap((part) => [...part.tensors, ...part.buffers]);
    for (const t of wanted) {
      const name = t.name;
      const one = tensors[name];
      if (!one || one.shape.join() !== t.shape.join()) {
        throw new DataError(
          `the model has ${
            one ? `${name} [${one.shape.join(", ")}]` : `no tensor ${name}`
          } where [${t.shape.join(", ")}] is asked for: it has other layers, or is damaged`,
        );
      }
    }
    for (const { name } of wanted) {
      if (tensors[name].data.every(Number.isFinite)) continue;
      throw new DataError(`the model's ${name} has numbers that are not finite: it is damaged`);
    }
    for (const t of wanted) this.device.write(t, tensors[t.name].data);
  }

  /** Gives the device's memory back. */
  free(): void {
    for (const { tensors, grads, buffers } of this.parts) {
      this.device.free(...tensors, ...grads.views, ...buffers);
    }
  }
}

/** @throws RangeError if there are fewer rows than clusters: better before training than after */
export function requireClusters(clusters: number, { n }: Rows): void {
  if (clusters <= n) return;
  throw new RangeError(
    `${clusters} clusters need at least as many rows, got ${n}: ask for fewer clusters`,
  );
}

/** The clusters of a saved model. @throws DataError if they do not suit codes of `width` numbers */
function clustersOf({ clusters, tensors }: SavedModel, width: number): CodeClusters {
  const { normalise, columns } = clusters ?? {};
  const centres = tensors.centres;
  const fits = centres?.shape.length === 2 && centres.shape[0] > 0 && centres.shape[1] === width;
  const measured = [columns?.mean, columns?.factor].every((list) =>
    Array.isArray(list) && list.length === width && list.every(Number.isFinite)
  );
  if (fits && (normalise === "none" || (normalise === "cosine" && measured))) {
    return { normalise, columns: columns!, centres: centres.data };
  }
  throw new DataError(
    `the model's clusters do not suit its codes of ${width} numbers: it is damaged, save it again`,
  );
}

/** Of the rows of `probabilities`, [n, k], the entry of each row's label. */
export function chosen(probabilities: Float32Array, labels: Uint32Array): Float32Array {
  const k = probabilities.length / labels.length;
  return Float32Array.from(labels, (label, i) => probabilities[i * k + label]);
}

/** What a training run takes from a method's settings. */
export function trainingOf(
  options: TrainOptions,
  parts: readonly Parameters[],
  { onProgress, between, signal, checkpoint, resume, earlier }: TrainHooks,
) {
  const { rate, schedule, batch, epochs, clip, patience } = options;
  const optimizer: Optimizer = adam(parts, clip > 0 ? { clipNorm: clip } : {});
  return {
    parameters: parts,
    optimizer,
    batch,
    epochs,
    patience,
    rate: (step: number, steps: number) => rate * schedules[schedule](step, steps),
    onProgress,
    between,
    signal,
    checkpoint,
    resume,
    earlier,
  };
}
