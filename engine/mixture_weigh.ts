// w[c, i, j] = responsibility[i, c] y[c, i, j], or its square.

import { loadFew, storeFew } from "./rows";

@unmanaged
class MixtureWeighArgs {
  responsibility: usize;
  y: usize;
  w: usize;
  m: u32;
  k: u32;
  dim: u32;
  square: u32;
}

/** An item is a row of y. */
export function mixture_weigh(args: usize, begin: u32, end: u32): void {
  const a = changetype<MixtureWeighArgs>(args);
  const bytes: usize = a.dim << 2, few = a.dim & 3;
  const whole: usize = (a.dim & ~3) << 2;
  for (let row = begin; row < end; row++) {
    const c = row / a.m, i = row % a.m;
    const r = v128.load32_splat(a.responsibility + ((i * a.k + c) << 2));
    let y = a.y + (row as usize) * bytes, w = a.w + (row as usize) * bytes;
    for (const stop = y + whole; y != stop; y += 16) {
      v128.store(w, weighted(r, v128.load(y), a.square));
      w += 16;
    }
    if (few) storeFew(w, weighted(r, loadFew(y, few), a.square), few);
  }
}

function weighted(r: v128, y: v128, square: u32): v128 {
  return f32x4.mul(r, square ? f32x4.mul(y, y) : y);
}
