// y_i = sum_t value[t] x[column[t], :] over the entries t of row i. Sixteen columns at a time.

import { madd } from "./simd";

@unmanaged
class SparseDenseArgs {
  start: usize;
  column: usize;
  value: usize;
  x: usize;
  y: usize;
  m: u32;
  dim: u32;
}

/** An item is a row. */
export function sparse_dense(args: usize, begin: u32, end: u32): void {
  const a = changetype<SparseDenseArgs>(args);
  const row: usize = (a.dim as usize) << 2;
  const wide = row & ~63;
  for (let i = begin; i < end; i++) {
    const from = (load<u32>(a.start + ((i as usize) << 2)) as usize) << 2;
    const to = (load<u32>(a.start + ((i as usize) << 2), 4) as usize) << 2;
    const y = a.y + (i as usize) * row;
    let c: usize = 0;
    for (; c < wide; c += 64) {
      let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
      for (let t = from; t < to; t += 4) {
        const x = a.x + (load<u32>(a.column + t) as usize) * row + c;
        const v = v128.load32_splat(a.value + t);
        s0 = madd(v, v128.load(x), s0);
        s1 = madd(v, v128.load(x, 16), s1);
        s2 = madd(v, v128.load(x, 32), s2);
        s3 = madd(v, v128.load(x, 48), s3);
      }
      v128.store(y + c, s0);
      v128.store(y + c, s1, 16);
      v128.store(y + c, s2, 32);
      v128.store(y + c, s3, 48);
    }
    for (; c < row; c += 16) {
      let s = f32x4.splat(0);
      for (let t = from; t < to; t += 4) {
        const x = a.x + (load<u32>(a.column + t) as usize) * row + c;
        s = madd(v128.load32_splat(a.value + t), v128.load(x), s);
      }
      v128.store(y + c, s);
    }
  }
}
