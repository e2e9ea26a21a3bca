import { sum, sumBlocks } from "../kernels/sum.ts";
import { sumSquares, sumSquaresBlocks } from "../kernels/sum_squares.ts";
import type { Graph } from "../plan/graph.ts";
import type { Tensor } from "../plan/tensor.ts";

/** Sum of all elements, [1], in passes of fixed blocks: the same bits however it is divided. */
export function reduceSum(g: Graph, x: Tensor): Tensor {
  let partial = x;
  while (partial.size > 1) {
    const y = g.temp([sumBlocks(partial.size)]);
    g.call(sum, { x: partial, y }, { n: partial.size });
    partial = y;
  }
  return partial;
}

/** Sum of the squares of all elements, [1]. */
export function reduceSumSquares(g: Graph, x: Tensor): Tensor {
  const y = g.temp([sumSquaresBlocks(x.size)]);
  g.call(sumSquares, { x, y }, { n: x.size });
  return reduceSum(g, y);
}
