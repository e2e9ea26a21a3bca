import { batchNorm, type BatchNormSettings } from "../ops/batch_norm.ts";
import type { Graph } from "../plan/graph.ts";
import type { Tensor } from "../plan/tensor.ts";
import type { Parameters } from "./parameters.ts";

/** A layer of batch normalisation. */
export interface BatchNormalisation {
  /**
   * Records the layer for x [m, c] or [n, h, w, c]; the result has the shape of x.
   * @param training whether to use, and to remember, the statistics of the batch
   */
  apply(g: Graph, x: Tensor, training: boolean): Tensor;
}

/**
 * Batch normalisation of `channels` columns. Its parameters are `NAME.weight` (gamma, from 1) and
 * `NAME.bias` (beta, from 0); its buffers, saved with the model and untouched by the optimizer, are
 * `NAME.running_mean` (from 0) and `NAME.running_var` (from 1): PyTorch's names.
 */
export function batchNormalisation(
  parameters: Parameters,
  name: string,
  channels: number,
  settings: BatchNormSettings = {},
): BatchNormalisation {
  const tensors = {
    gamma: parameters.add(`${name}.weight`, [channels], 0, 1),
    beta: parameters.add(`${name}.bias`, [channels], 0),
    runningMean: parameters.addBuffer(`${name}.running_mean`, [channels], 0),
    runningVariance: parameters.addBuffer(`${name}.running_var`, [channels], 1),
  };
  return { apply: (g, x, training) => batchNorm(g, x, tensors, training, settings) };
}
