// y = act(x w + b): x is m x k, w is k x n, y is m x n.

import { activate4 } from "./activation_math";
import {
  countOfA,
  firstColumn,
  firstRow,
  lastColumn,
  lastRow,
  multiply,
  packColumnsB,
  packRowsA,
  readsInPlace,
} from "./gemm";

@unmanaged
class DenseArgs {
  x: usize;
  w: usize;
  b: usize;
  y: usize;
  m: u32;
  k: u32;
  n: u32;
  bias: u32;
  activation: u32;
  scratch: usize;
}

/** Packs x, and of w what is not read in place; an item is a panel of either. */
export function dense_pack(args: usize, begin: u32, end: u32): void {
  const a = changetype<DenseArgs>(args);
  const count = countOfA(a.m);
  for (let i = begin; i < end; i++) {
    if (i < count) packRowsA(a.scratch, i, a.x, a.m, a.k);
    else if (!readsInPlace(i - count, a.n)) {
      packColumnsB(a.scratch, i - count, a.w, a.m, a.n, a.k);
    }
  }
}

/** An item is a rectangle of y. */
export function dense(args: usize, begin: u32, end: u32): void {
  const a = changetype<DenseArgs>(args);
  for (let item = begin; item < end; item++) {
    multiply(item, a.scratch, a.m, a.n, a.k, a.y, a.w);
    if (a.bias == 0 && a.activation == 0) continue;
    const column = firstColumn(item, a.m, a.n);
    const width = lastColumn(item, a.m, a.n) - column;
    const to = lastRow(item, a.m);
    for (let i = firstRow(item, a.m); i < to; i++) {
      const y = a.y + (((i as usize) * a.n + column) << 2);
      finish(y, a.bias ? a.b + (column << 2) : 0, width, a.activation);
    }
  }
}

/** y = act(y + b) for one row of an item; b = 0: no bias. */
function finish(y: usize, b: usize, width: u32, activation: u32): void {
  const end = y + (width << 2);
  const whole = y + ((width & ~3) << 2);
  let bias = f32x4.splat(0);
  for (; y < whole; y += 16) {
    if (b) {
      bias = v128.load(b);
      b += 16;
    }
    v128.store(y, activate4(activation, f32x4.add(v128.load(y), bias)));
  }
  for (; y < end; y += 4) {
    if (b) {
      bias = v128.load32_splat(b);
      b += 4;
    }
    const z = f32x4.add(v128.load32_splat(y), bias);
    store<f32>(y, f32x4.extract_lane(activate4(activation, z), 0));
  }
}
