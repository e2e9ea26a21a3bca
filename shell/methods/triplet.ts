import type { Device } from "../device/device.ts";
import type { Mining } from "../kernels/mine_triplets.ts";
import { tripletLoss, tripletLossMined } from "../ops/metric_learning.ts";
import type { Graph } from "../plan/graph.ts";
import type { Tensor } from "../plan/tensor.ts";
import {
  MetricModel,
  type MetricOptions,
  type MetricSettings,
  metricSettings,
} from "./metric_learning.ts";
import { labelledRows, type Relations, tripletsOf } from "./pairs.ts";
import { shuffled } from "./train.ts";
import type { TupleOrder, Tuples } from "./tuples.ts";

/** Settings of a triplet network, all given. */
export interface TripletSettings extends MetricSettings {
  /** With labels: which triplets of a batch are taken; default semi_hard. */
  readonly mining: Mining;
}

/** The same with defaults for all but the input. */
export type TripletNetworkOptions = MetricOptions & Partial<Pick<TripletSettings, "mining">>;

/** Stream of the seed for the choice of triplets. */
const MINING_STREAM = 0x580000;

/**
 * A triplet network: an anchor shall be nearer to its positive than to its negative, by the margin.
 * With labels, triplets are chosen within each batch by distance; they can be given; and label-free,
 * the positive is a nearest neighbour and the negative a random row.
 *
 * As in FaceNet, codes have length 1, unless `encoder` is given: one of one's own has such codes if
 * it ends with a layer of the type `unit`. Distances are not squared, and the margin is 1 by
 * default: FaceNet's 0.2, for squared ones, is too little where labels do not choose the negatives,
 * because some of those are of the anchor's own kind and cost a tight cluster more than a loose one.
 *
 * @see Schroff, Kalenichenko, Philbin 2015 (FaceNet), section 3
 */
export class Triplet extends MetricModel<TripletSettings> {
  /** Name of the method, as model files and the command line have it. */
  readonly method = "triplet";

  /**
   * Makes the network, with its weights as the seed says.
   * @throws RangeError for a margin that is not above 0, or layers that do not fit
   */
  constructor(device: Device, options: TripletNetworkOptions) {
    const { mining = "semi_hard", ...given } = options;
    super(device, { ...metricSettings(given, true), mining });
  }

  /** The triplets of an epoch. */
  protected override tuples(relations: Relations, ids: Uint32Array, n: number): Tuples {
    const { seed } = this.options;
    if (!("labels" in relations)) {
      const { count, epoch } = tripletsOf(relations, ids, n, seed);
      return { arity: 3, count, epoch: (e) => ({ columns: epoch(e) }) };
    }
    const { labels } = relations;
    const rows = labelledRows(labels, ids, n);
    const order = shuffled(rows, seed);
    return {
      arity: 1,
      count: rows.length,
      epoch(e) {
        const column = order(e);
        return { columns: [column], marks: column.map((id) => labels[id]) };
      },
    };
  }

  /** Triplet loss of a batch. */
  protected override loss(g: Graph, z: Tensor, order: TupleOrder): Tensor {
    const { margin, mining, seed } = this.options;
    if (order.tuples.arity === 1) {
      const draw = { seed, stream: MINING_STREAM, step: g.scalar("step", "u32") };
      return tripletLossMined(g, z, order.marks(g, z), { margin, mining, ...draw });
    }
    const [anchor, positive, negative] = order.members(g, z);
    return tripletLoss(g, anchor, positive, negative, { margin });
  }
}
