import { bce, bceBlocks, bceGrad } from "../kernels/bce.ts";
import { mse, mseBlocks, mseGrad } from "../kernels/mse.ts";
import { scale } from "../kernels/scale.ts";
import { softmaxCrossEntropy, softmaxCrossEntropyGrad } from "../kernels/softmax_cross_entropy.ts";
import type { Graph } from "../plan/graph.ts";
import type { Tensor } from "../plan/tensor.ts";
import { reduceSum } from "./reduce.ts";

/**
 * Mean squared error over all elements, times `weight`: `L = weight / N sum (y - t)^2`, [1].
 * Its gradient with respect to `y` is `2 weight / N (y - t)`.
 */
export function meanSquaredError(g: Graph, y: Tensor, t: Tensor, weight = 1): Tensor {
  sameSize("meanSquaredError", y, t);
  const n = y.size;
  const blocks = g.temp([mseBlocks(n)]);
  g.call(mse, { y, t, loss: blocks }, { n, scale: weight / n });
  const loss = reduceSum(g, blocks);
  g.onLoss(loss, [y], () => {
    g.addGrad(y, (dy) => g.call(mseGrad, { y, t, dy }, { n, scale: 2 * weight / n }));
  });
  return loss;
}

/**
 * Mean binary cross-entropy from logits: `L = weight / N sum -t log s(x) - (1 - t) log(1 - s(x))`
 * with s the logistic function and targets t in [0, 1]; [1]. In the stable form
 * `max(x, 0) - x t + log(1 + exp(-|x|))`.
 */
export function binaryCrossEntropy(g: Graph, x: Tensor, t: Tensor, weight = 1): Tensor {
  sameSize("binaryCrossEntropy", x, t);
  const n = x.size;
  const blocks = g.temp([bceBlocks(n)]);
  g.call(bce, { x, t, loss: blocks }, { n, scale: weight / n });
  const loss = reduceSum(g, blocks);
  g.onLoss(loss, [x], () => {
    g.addGrad(x, (dx) => g.call(bceGrad, { x, t, dx }, { n, scale: weight / n }));
  });
  return loss;
}

/**
 * Mean softmax cross-entropy of logits x [m, n] against class numbers [m] (u32):
 * `L = weight / m sum_i -log softmax(x_i)[label_i]`, [1].
 */
export function crossEntropy(g: Graph, x: Tensor, label: Tensor, weight = 1): Tensor {
  const [m, n] = x.shape;
  if (label.size !== m) {
    throw new RangeError(`crossEntropy: label must be [${m}], got [${label.shape.join(", ")}]`);
  }
  const rows = g.temp([m]);
  const p = g.temp([m, n]);
  g.call(softmaxCrossEntropy, { x, label, loss: rows, probability: p }, { m, n });
  const total = reduceSum(g, rows);
  const loss = g.temp([1]);
  g.call(scale, { x: total, y: loss }, { n: 1, factor: weight / m });
  g.onLoss(loss, [x], () => {
    g.addGrad(x, (dx) => {
      g.call(softmaxCrossEntropyGrad, { probability: p, label, dx }, { m, n, scale: weight / m });
    });
  });
  return loss;
}

function sameSize(op: string, y: Tensor, t: Tensor): void {
  if (y.size === t.size) return;
  throw new RangeError(
    `${op}: both must have one shape, got [${y.shape.join(", ")}] and [${t.shape.join(", ")}]`,
  );
}
