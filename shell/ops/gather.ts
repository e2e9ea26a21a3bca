import { gather } from "../kernels/gather.ts";
import { gatherGrad } from "../kernels/gather_grad.ts";
import { gatherU32 } from "../kernels/gather_u32.ts";
import { gatherU8 } from "../kernels/gather_u8.ts";
import { put } from "../kernels/put.ts";
import type { Graph, Scalar } from "../plan/graph.ts";
import type { Tensor } from "../plan/tensor.ts";

/** How stored bytes become numbers: `value = scale byte + shift`. */
export interface Scaling {
  /** Factor of each byte. */
  readonly scale: number;
  /** Added after it. */
  readonly shift: number;
}

/** Bytes 0 to 255 as numbers 0 to 1. */
export const UNIT: Scaling = { scale: 1 / 255, shift: 0 };

/**
 * A batch: `y[i] = source[index[at + i]]` for i < m. Bytes become f32 by `scaling`; f32 and u32
 * rows keep their bits. Gradients flow to the rows of an f32 source that wants them, so rows of a
 * batch can be gathered once more, as pairs for instance.
 *
 * @param index u32 row numbers; a number past the end gives a row of NaN
 */
export function gatherRows(
  g: Graph,
  source: Tensor,
  index: Tensor,
  m: number,
  at: number | Scalar,
  scaling: Scaling = UNIT,
): Tensor {
  const rows = source.shape[0];
  const width = source.size / rows;
  const shape = source.shape.length === 1 ? [m] : [m, width];
  const y = g.temp(shape, source.dtype === "u32" ? "u32" : "f32", "batch");
  const params = { rows, m, width, at };
  if (source.dtype === "u8") g.call(gatherU8, { source, index, y }, { ...params, ...scaling });
  else if (source.dtype === "u32") g.call(gatherU32, { source, index, y }, params);
  else {
    g.call(gather, { source, index, y }, params);
    g.onBackward(y, [source], (dy) => {
      g.addGrad(source, (dsource) => g.call(gatherGrad, { dy, index, dsource }, params));
    });
  }
  return y;
}

/** Stores rows of `x` in `y` from row `at` on; rows past the end of `y` are dropped. */
export function putRows(g: Graph, x: Tensor, y: Tensor, at: number | Scalar): void {
  const rows = y.shape[0];
  const width = y.size / rows;
  g.call(put, { x, y }, { rows, m: x.size / width, width, at });
}
