// dx = (dz w^T) * act'(x): dz is m x n, w is k x n, dx is m x k. x is the output of the activation
// that made it.

import { activate_grad4 } from "./activation_math";
import {
  countOfA,
  firstColumn,
  firstRow,
  lastColumn,
  lastRow,
  multiply,
  packRowsA,
  packRowsB,
} from "./gemm";

@unmanaged
class DenseGradXArgs {
  dz: usize;
  w: usize;
  x: usize;
  dx: usize;
  m: u32;
  k: u32;
  n: u32;
  activation: u32;
  scratch: usize;
}

/** Packs dz and w^T; an item is a panel of either. */
export function dense_grad_x_pack(args: usize, begin: u32, end: u32): void {
  const a = changetype<DenseGradXArgs>(args);
  const count = countOfA(a.m);
  for (let i = begin; i < end; i++) {
    if (i < count) packRowsA(a.scratch, i, a.dz, a.m, a.n);
    else packRowsB(a.scratch, i - count, a.w, a.m, a.k, a.n);
  }
}

/** An item is a rectangle of dx. */
export function dense_grad_x(args: usize, begin: u32, end: u32): void {
  const a = changetype<DenseGradXArgs>(args);
  for (let item = begin; item < end; item++) {
    multiply(item, a.scratch, a.m, a.k, a.n, a.dx, 0);
    if (a.activation == 0) continue;
    const column = firstColumn(item, a.m, a.k);
    const width = lastColumn(item, a.m, a.k) - column;
    const to = lastRow(item, a.m);
    for (let i = firstRow(item, a.m); i < to; i++) {
      const at = ((i as usize) * a.k + column) << 2;
      finish(a.dx + at, a.x + at, width, a.activation);
    }
  }
}

/** dx = dx * act'(x) for one row of an item. */
function finish(dx: usize, x: usize, width: u32, activation: u32): void {
  const end = dx + (width << 2);
  const whole = dx + ((width & ~3) << 2);
  for (; dx < whole; dx += 16, x += 16) {
    v128.store(dx, activate_grad4(activation, v128.load(x), v128.load(dx)));
  }
  for (; dx < end; dx += 4, x += 4) {
    const one = activate_grad4(activation, v128.load32_splat(x), v128.load32_splat(dx));
    store<f32>(dx, f32x4.extract_lane(one, 0));
  }
}
