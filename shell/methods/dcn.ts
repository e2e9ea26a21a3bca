import type { Parameters } from "../nn/parameters.ts";
import { centreLoss, nearestCentre, updateCentres } from "../ops/clustering.ts";
import type { Graph } from "../plan/graph.ts";
import { state, type Tensor } from "../plan/tensor.ts";
import { DeepClustering } from "./deep_clustering.ts";

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
  override readonly method: string = "dcn";
  #counts: Tensor | undefined;
  #batch: { z: Tensor; label: Tensor } | undefined;

  protected override addCentres(part: Parameters, shape: readonly number[]): Tensor {
    return part.addBuffer("centres", shape, 0);
  }

  /** Rows that each centre has seen. */
  get #seen(): Tensor {
    if (!this.#counts) {
      this.#counts = state("seen", [this.options.clusters], "u32");
      this.device.write(this.#counts, new Uint32Array(this.options.clusters).fill(SEEN));
    }
    return this.#counts;
  }

  protected override get moving(): Readonly<Record<string, Tensor>> {
    return { seen: this.#seen };
  }

  protected override get refined(): readonly Parameters[] {
    return [this.encoderPart, this.decoderPart];
  }

  protected override losses(
    g: Graph,
    { seen, z }: { seen: Tensor; z: Tensor },
  ): Readonly<Record<string, Tensor>> {
    const { label } = nearestCentre(g, z, this.mu);
    this.#batch = { z, label };
    return {
      reconstruction: this.reconstructionLoss(g, seen, z),
      clustering: centreLoss(g, z, this.mu, label, this.options.gamma / 2),
    };
  }

  protected override afterUpdate(g: Graph): void {
    const { z, label } = this.#batch!;
    updateCentres(g, z, label, this.#seen, this.mu);
  }
}
