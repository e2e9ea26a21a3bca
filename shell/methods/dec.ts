import { DataError } from "../errors.ts";
import type { Parameters } from "../nn/parameters.ts";
import { clusteringKl } from "../ops/clustering.ts";
import type { Graph } from "../plan/graph.ts";
import type { Tensor } from "../plan/tensor.ts";
import { DeepClustering } from "./deep_clustering.ts";
import type { SavedModel } from "./model.ts";
import type { SoftClusters } from "./soft_clusters.ts";

/**
 * Deep embedded clustering: encoder and centres minimise `KL(P || Q)`, Q the soft assignment of the
 * codes by Student's t, P its target distribution, which is computed over all rows every `interval`
 * steps; the decoder is left behind. Stops when at most `tolerance` of the labels changed since the
 * look before.
 *
 * The first phase is that of an autoencoder, or, with `adopt`, whatever made an encoder with the same
 * layers: reconstruction, or a Siamese or triplet network (contrastive pretraining).
 *
 * With `augment`, batches are augmented and targets come from clean images (DEC-DA).
 *
 * @see Xie, Girshick, Farhadi 2016; Guo et al. 2018 (DEC-DA)
 */
export class Dec extends DeepClustering {
  /** Name of the method, as model files and the command line have it. */
  override readonly method: string = "dec";

  /** The parts that the refinement trains. */
  protected override get refined(): readonly Parameters[] {
    return [this.encoderPart, this.centresPart];
  }

  /** The decoder is left behind anyway: networks that learned from pairs or triplets will do. */
  protected override adoptable(saved: SavedModel): readonly Parameters[] {
    if (saved.method === "siamese" || saved.method === "triplet") return [this.encoderPart];
    if (saved.method !== "classifier") return super.adoptable(saved);
    throw new DataError(
      "a classifier makes no codes to refine: name an autoencoder, a Siamese or a triplet network",
    );
  }

  /** KL divergence of the soft assignment from its target. */
  protected override losses(
    g: Graph,
    { z, index, soft }: { z: Tensor; index: Tensor; soft: SoftClusters },
  ): Readonly<Record<string, Tensor>> {
    const p = soft.target(g, index, z.shape[0]);
    const { alpha } = this.options;
    return { clustering: clusteringKl(g, z, this.mu, p, { alpha }) };
  }
}
