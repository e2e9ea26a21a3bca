import type { Device } from "../device/device.ts";
import { TrainingError } from "../errors.ts";
import { Parameters } from "../nn/parameters.ts";
import { studentT } from "../ops/clustering.ts";
import type { Graph } from "../plan/graph.ts";
import { state, type Tensor } from "../plan/tensor.ts";
import { Autoencoder } from "./autoencoder.ts";
import { requirePhase, Snapshot } from "./checkpoint.ts";
import { modularity, neighbourGraph } from "./guard.ts";
import { mapRows } from "./infer.ts";
import { chosen, type ClusterFit, type Prediction, requireClusters, trainingOf } from "./model.ts";
import { type Rows, upload } from "./rows.ts";
import { type DeepOptions, type DeepSettings, refinementOf } from "./refinement.ts";
import { SoftClusters } from "./soft_clusters.ts";
import { type History, shuffledRows, train, type TrainHooks, type Training } from "./train.ts";
import { warningsOf } from "./warnings.ts";

/**
 * Two phases: an autoencoder is trained to reconstruct, K-Means finds centres among its codes, and
 * then network and centres are trained together by a clustering loss.
 *
 * Collapse and divergence are noticed without labels, and answered with the last good state. The
 * refined clustering is given back only if it is not worse than the first one by the modularity of
 * the neighbour graph of the rows themselves: see `guard.ts`.
 */
export abstract class DeepClustering extends Autoencoder<DeepSettings> {
  /** The centres, [k, width]. */
  readonly mu: Tensor;
  /** The centres, which are trained like weights. */
  readonly centresPart: Parameters;

  /** Makes network and centres. @throws RangeError for a setting out of its range */
  constructor(device: Device, options: DeepOptions) {
    super(device, options, refinementOf(options));
    this.centresPart = new Parameters("centres", this.#streams);
    this.mu = this.addCentres(this.centresPart, [this.options.clusters, this.width]);
  }

  get #streams(): number {
    return this.encoderPart.tensors.length + this.decoderPart.tensors.length;
  }

  /** All parts that have weights, in the order of model files. */
  override get parts(): readonly Parameters[] {
    return [this.encoderPart, this.decoderPart, this.centresPart];
  }

  /** Names of the phases in order. */
  protected override get phases(): readonly string[] {
    return [...super.phases, "refinement"];
  }

  /** Where the centres live: among the trained tensors or beside them. */
  protected addCentres(part: Parameters, shape: readonly number[]): Tensor {
    return part.add("mu", shape, 0);
  }

  /** The parts that the second phase trains. */
  protected abstract get refined(): readonly Parameters[];

  /** Records the losses of the second phase: z are the codes of a batch, `target` what it was. */
  protected abstract losses(
    g: Graph,
    batch: { target: Tensor; z: Tensor; index: Tensor; soft: SoftClusters },
  ): Readonly<Record<string, Tensor>>;

  /** Sets what {@link moving} holds to its start. */
  protected beginRefinement(): void {}

  /** Records what else moves with each step of the second phase. */
  protected afterUpdate(_g: Graph): void {}

  /** More that a checkpoint of the second phase must hold. */
  protected get moving(): Readonly<Record<string, Tensor>> {
    return {};
  }

  /** Pre-trains, clusters, refines. @throws as `Autoencoder.fit` */
  override async fit(rows: Rows, hooks: TrainHooks = {}): Promise<ClusterFit> {
    const refining = hooks.resume?.phase === "refinement";
    requirePhase(hooks.resume, this.phases);
    requireClusters(this.options.clusters, rows);
    this.clusters = null;
    const history = refining
      ? { ...hooks.resume!.earlier }
      : this.adopted
      ? {}
      : await this.pretrain(rows, hooks);
    if (!refining && this.adopted) {
      // What the saved model lacks has its starting values.
      await this.initialise();
      this.adopt(this.adopted);
    }
    const { device } = this;
    const soft = new SoftClusters(this, rows);
    const before = new Snapshot(device, this.#state());
    const first = state("first labels", [rows.n], "u32");
    await before.load();
    await soft.load();
    try {
      if (!refining) {
        const { found } = await this.cluster(rows, hooks.signal);
        device.write(
          this.mu,
          centresOf(await this.codes(rows), found.labels, this.options.clusters),
        );
        device.write(first, found.labels);
        this.beginRefinement();
        before.take();
        soft.keep();
      }
      const kept = { ...named("first", before.copies), "first labels": first };
      const training = this.#training(rows, soft, kept, { ...hooks, earlier: history });
      const ending = await this.#refine(training, history, soft, before);
      const labels = await device.read(first) as Uint32Array;
      const verdict = ending.undone ? null : await this.#judge(rows, soft, before, labels);
      // What was done about a collapse does not matter once it is undone.
      const endings = verdict ? [verdict] : [ending];
      return { ...await this.#result(rows, history, endings), firstLabels: labels };
    } finally {
      before.free();
      soft.free();
      device.free(first);
    }
  }

  /** All that the second phase changes. */
  #state(): Record<string, Tensor> {
    return Object.assign({}, ...this.parts.map((part) => part.state));
  }

  #training(
    rows: Rows,
    soft: SoftClusters,
    state: Readonly<Record<string, Tensor>>,
    hooks: TrainHooks,
  ): Training {
    const { refineEpochs: epochs, refineRate: rate, refineBatch: batch } = this.options;
    const { interval, seed, tolerance } = this.options;
    return {
      ...trainingOf(
        // The target moves: a loss that rises says nothing.
        { ...this.options, epochs, rate, batch, schedule: "constant", patience: 0 },
        this.refined,
        hooks,
      ),
      parameters: this.parts,
      device: this.device,
      phase: "refinement",
      rows,
      // Other orders than those of the first phase.
      order: shuffledRows(rows, (seed ^ 0x5eed) >>> 0),
      state: { ...state, ...soft.state, ...this.moving },
      after: (g) => this.afterUpdate(g),
      record: (g, x, index) => {
        const seen = this.view(g, x, 1);
        const z = this.encoder.apply(g, seen, this.mode(g));
        return this.losses(g, { target: this.target(x, seen), z, index, soft });
      },
      every: {
        steps: interval,
        act: async (step) => {
          const { changed, collapsed } = await soft.refresh();
          if (step === 0) return;
          if (collapsed) return "collapsed";
          if (changed <= tolerance) return "stable";
        },
      },
    };
  }

  /** The second phase: why it ended, and what went wrong in it. */
  async #refine(
    training: Training,
    history: Record<string, History>,
    soft: SoftClusters,
    before: Snapshot,
  ): Promise<Ending> {
    try {
      history.refinement = await train(training);
    } catch (error) {
      if (!(error instanceof TrainingError)) throw error;
      before.restore();
      const warning = `the refinement was given up, the first clustering kept: ${error.message}`;
      return { stopReason: "diverged", warnings: [warning], undone: true };
    }
    let { stopReason } = history.refinement;
    // What happened after the last look was not seen yet.
    if (stopReason !== "stable" && (await soft.refresh()).collapsed) stopReason = "collapsed";
    if (stopReason !== "collapsed") return { stopReason, warnings: [] };
    soft.restore();
    const warning =
      "clusters collapsed in the refinement (one took all, or one was left empty): the " +
      "last state with all clusters was kept; lower the rate or ask for fewer clusters";
    return { stopReason, warnings: [warning] };
  }

  /** Goes back to the first clustering if the guard finds the refined one worse. */
  async #judge(
    rows: Rows,
    soft: SoftClusters,
    before: Snapshot,
    first: Uint32Array,
  ): Promise<Ending | null> {
    if (!this.options.guard || rows.n < 3) return null;
    const { labels } = await soft.refresh();
    const graph = await neighbourGraph(this.device, rows);
    const of = (all: Uint32Array) => modularity(graph, Array.from(graph.ids, (id) => all[id]));
    const [then, now] = [of(first), of(labels)];
    if (now >= then) return null;
    before.restore();
    const warning = `the refinement made the clusters worse (modularity of the neighbour graph ${
      now.toFixed(4)
    }, before ${then.toFixed(4)}): the first clustering was kept`;
    return { stopReason: "guard", warnings: [warning], undone: true };
  }

  async #result(
    rows: Rows,
    history: Record<string, History>,
    endings: Ending[],
  ): Promise<ClusterFit> {
    if (!endings.at(-1)!.undone) await this.#adoptCentres();
    else if (!this.clusters) await this.cluster(rows);
    const embedding = await this.codes(rows);
    const prediction = await this.place(embedding);
    const warnings = endings.flatMap((ending) => ending.warnings);
    return {
      ...prediction,
      embedding,
      centres: this.clusters!.centres,
      history,
      stopReason: endings.at(-1)!.stopReason,
      warnings: [...warnings, ...warningsOf(this, history, embedding)],
    };
  }

  /** The clusters are those of the centres, in the space of the codes. */
  async #adoptCentres(): Promise<void> {
    const centres = await this.device.read(this.mu) as Float32Array;
    const columns = { mean: [], factor: [] };
    this.clusters = { normalise: "none", columns, centres };
  }

  /** Clusters of codes with the soft assignment q; confidence is that of the code's cluster. */
  override async place(codes: Float32Array): Promise<Prediction> {
    const placed = await super.place(codes);
    const { alpha, clusters: k } = this.options;
    const z = upload(this.device, codes, this.width);
    const q = await mapRows(this.device, z, k, (g, x) => studentT(g, x, this.mu, alpha));
    const probabilities = await this.device.read(q) as Float32Array;
    z.free();
    this.device.free(q);
    return { ...placed, probabilities, confidence: chosen(probabilities, placed.labels) };
  }
}

/** How a phase ended. */
interface Ending {
  readonly stopReason: string;
  readonly warnings: readonly string[];
  /** Whether network and clusters are as they were before the phase. */
  readonly undone?: boolean;
}

/** Mean code of each cluster. */
function centresOf(codes: Float32Array, labels: Uint32Array, k: number): Float32Array {
  const width = codes.length / labels.length;
  const sums = new Float64Array(k * width), counts = new Float64Array(k);
  labels.forEach((label, i) => {
    counts[label]++;
    for (let j = 0; j < width; j++) sums[label * width + j] += codes[i * width + j];
  });
  return Float32Array.from(sums, (sum, at) => sum / Math.max(1, counts[Math.floor(at / width)]));
}

function named(prefix: string, tensors: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, t]) => [`${prefix} ${name}`, t]));
}
