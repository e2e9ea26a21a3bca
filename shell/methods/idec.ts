import type { Parameters } from "../nn/parameters.ts";
import { clusteringKl } from "../ops/clustering.ts";
import type { Graph } from "../plan/graph.ts";
import type { Tensor } from "../plan/tensor.ts";
import { DeepClustering } from "./deep_clustering.ts";
import type { SoftClusters } from "./soft_clusters.ts";

/**
 * Improved deep embedded clustering: as DEC, but the decoder stays and keeps the codes faithful:
 * `L = MSE + gamma KL(P || Q)`.
 *
 * @see Guo, Gao, Liu, Yin 2017
 */
export class Idec extends DeepClustering {
  /** Name of the method, as model files and the command line have it. */
  override readonly method: string = "idec";

  /** The parts that the refinement trains. */
  protected override get refined(): readonly Parameters[] {
    return this.parts;
  }

  /** Reconstruction, and `gamma` times the KL divergence of DEC. */
  protected override losses(
    g: Graph,
    { target, z, index, soft }: { target: Tensor; z: Tensor; index: Tensor; soft: SoftClusters },
  ): Readonly<Record<string, Tensor>> {
    const p = soft.target(g, index, z.shape[0]);
    const { alpha, gamma } = this.options;
    return {
      reconstruction: this.reconstructionLoss(g, target, z),
      clustering: clusteringKl(g, z, this.mu, p, { alpha, weight: gamma }),
    };
  }
}
