import type { Device } from "../device/device.ts";
import type { Parameters } from "../nn/parameters.ts";
import { centreLoss, nearestCentre, updateCentres } from "../ops/clustering.ts";
import type { Graph } from "../plan/graph.ts";
import { state, type Tensor } from "../plan/tensor.ts";
import { DeepClustering } from "./deep_clustering.ts";
import type { DeepOptions } from "./refinement.ts";

/** Rows that each centre counts as having seen before: its first steps are short. */
const SEEN = 100;

/**
 * Deep clustering network: reconstruction and the K-Means loss of the codes,
 * `L = MSE + gamma / 2 mean ||z_i - mu_s(i)||^2`, s(i) the nearest centre. The centres are not
 * trained by gradients: each is the running mean of the codes that were assigned to it.
 *
 * @see Yang, Fu, Sidiropoulos, Hong 2017, Towards K-means-friendly spaces, eq. 5 to 8
 */
export class Dcn extends DeepClustering {
  /** Name of the method, as model files and the command line have it. */
  override readonly method: string = "dcn";
  /** Rows that each centre has seen, [k]. */
  readonly #seen: Tensor;
  #batch: { z: Tensor; label: Tensor } | undefined;

  /** Makes network and centres. @throws RangeError for a setting out of its range */
  constructor(device: Device, options: DeepOptions) {
    super(device, options);
    this.#seen = state("seen", [this.options.clusters], "u32");
  }

  /** Centres are no weights here: they move by a rule of their own. */
  protected override addCentres(part: Parameters, shape: readonly number[]): Tensor {
    return part.addBuffer("mu", shape, 0);
  }

  /** Each centre starts as one that has seen 100 rows, so that the first ones do not throw it about. */
  protected override beginRefinement(): void {
    this.device.write(this.#seen, new Uint32Array(this.options.clusters).fill(SEEN));
  }

  /** What the refinement changes beside the weights. */
  protected override get moving(): Readonly<Record<string, Tensor>> {
    return { seen: this.#seen };
  }

  /** The parts that the refinement trains. */
  protected override get refined(): readonly Parameters[] {
    return [this.encoderPart, this.decoderPart];
  }

  /** Reconstruction, and `gamma / 2` times the squared distance to the assigned centre. */
  protected override losses(
    g: Graph,
    { target, z }: { target: Tensor; z: Tensor },
  ): Readonly<Record<string, Tensor>> {
    const { label } = nearestCentre(g, z, this.mu);
    this.#batch = { z, label };
    return {
      reconstruction: this.reconstructionLoss(g, target, z),
      clustering: centreLoss(g, z, this.mu, label, this.options.gamma / 2),
    };
  }

  /** Centres move by the batch, each by one over its count. */
  protected override afterUpdate(g: Graph): void {
    const { z, label } = this.#batch!;
    updateCentres(g, z, label, this.#seen, this.mu);
  }

  /** Gives the memory on the device back. */
  override free(): void {
    super.free();
    this.device.free(this.#seen);
  }
}
