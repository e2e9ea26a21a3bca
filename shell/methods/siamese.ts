import type { Device } from "../device/device.ts";
import { contrastiveLoss } from "../ops/metric_learning.ts";
import type { Graph } from "../plan/graph.ts";
import type { Tensor } from "../plan/tensor.ts";
import {
  MetricModel,
  type MetricOptions,
  type MetricSettings,
  metricSettings,
} from "./metric_learning.ts";
import { pairsOf, type Relations } from "./pairs.ts";
import type { TupleOrder, Tuples } from "./tuples.ts";

/**
 * A Siamese network: one encoder for both rows of a pair, trained by the contrastive loss: similar
 * pairs are drawn together, dissimilar ones pushed apart up to the margin. Pairs come from labels,
 * are given, or, label-free, join each row to its nearest neighbours and part it from random rows.
 *
 * @see Hadsell, Chopra, LeCun 2006
 */
export class Siamese extends MetricModel<MetricSettings> {
  /** Name of the method, as model files and the command line have it. */
  readonly method = "siamese";

  /**
   * Makes the network, with its weights as the seed says.
   * @throws RangeError for a margin that is not above 0, or layers that do not fit
   */
  constructor(device: Device, options: MetricOptions) {
    super(device, metricSettings(options));
  }

  /** The pairs of an epoch. */
  protected override tuples(relations: Relations, ids: Uint32Array, n: number): Tuples {
    const { count, epoch } = pairsOf(relations, ids, n, this.options.seed);
    return {
      arity: 2,
      count,
      epoch(e) {
        const { left, right, same } = epoch(e);
        return { columns: [left, right], marks: same };
      },
    };
  }

  /** Contrastive loss of the pairs of a batch. */
  protected override loss(g: Graph, z: Tensor, order: TupleOrder): Tensor {
    const [left, right] = order.members(g, z);
    return contrastiveLoss(g, left, right, order.marks(g, z), { margin: this.options.margin });
  }
}
