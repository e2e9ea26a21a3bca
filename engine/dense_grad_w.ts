// dw = x^T dz, db = column sums of dz: x is m x k, dz is m x n, dw is k x n.

import {
  countOfA,
  firstColumn,
  firstRow,
  lastColumn,
  multiply,
  packColumnsA,
  packColumnsB,
} from "./gemm";

@unmanaged
class DenseGradWArgs {
  x: usize;
  dz: usize;
  dw: usize;
  db: usize;
  m: u32;
  k: u32;
  n: u32;
  bias: u32;
  scratch: usize;
}

/** Packs x^T and dz; an item is a panel of either. */
export function dense_grad_w_pack(args: usize, begin: u32, end: u32): void {
  const a = changetype<DenseGradWArgs>(args);
  const count = countOfA(a.k);
  for (let i = begin; i < end; i++) {
    if (i < count) packColumnsA(a.scratch, i, a.x, a.k, a.m);
    else packColumnsB(a.scratch, i - count, a.dz, a.k, a.n, a.m);
  }
}

/** An item is a rectangle of dw; those of the first rows also sum their columns of dz. */
export function dense_grad_w(args: usize, begin: u32, end: u32): void {
  const a = changetype<DenseGradWArgs>(args);
  for (let item = begin; item < end; item++) {
    multiply(item, a.scratch, a.k, a.n, a.m, a.dw, 0);
    if (a.bias && firstRow(item, a.k) == 0) {
      sumColumns(a, firstColumn(item, a.k, a.n), lastColumn(item, a.k, a.n));
    }
  }
}

/** db[from..to) = sums of the columns of dz, from the first row down. */
function sumColumns(a: DenseGradWArgs, from: u32, to: u32): void {
  const row = (a.n as usize) << 2;
  const bytes = (a.m as usize) * row;
  let j = from;
  for (; j + 4 <= to; j += 4) {
    const end = a.dz + (j << 2) + bytes;
    let sum = f32x4.splat(0);
    for (let at = end - bytes; at != end; at += row) sum = f32x4.add(sum, v128.load(at));
    v128.store(a.db + (j << 2), sum);
  }
  for (; j < to; j++) {
    const end = a.dz + (j << 2) + bytes;
    let sum: f32 = 0;
    for (let at = end - bytes; at != end; at += row) sum += load<f32>(at);
    store<f32>(a.db + (j << 2), sum);
  }
}
