// y[c, i, j] = (x[i, j] - mean[c, j]) factor[c, j].

import { loadFew, storeFew } from "./rows";

@unmanaged
class MixtureDifferencesArgs {
  x: usize;
  mean: usize;
  factor: usize;
  y: usize;
  m: u32;
  k: u32;
  dim: u32;
}

/** An item is a row of y. */
export function mixture_differences(args: usize, begin: u32, end: u32): void {
  const a = changetype<MixtureDifferencesArgs>(args);
  const bytes: usize = a.dim << 2, few = a.dim & 3;
  const whole: usize = (a.dim & ~3) << 2;
  for (let row = begin; row < end; row++) {
    const c: usize = row / a.m, i: usize = row % a.m;
    let x = a.x + i * bytes, mean = a.mean + c * bytes, factor = a.factor + c * bytes;
    let y = a.y + (row as usize) * bytes;
    for (const stop = y + whole; y != stop; y += 16) {
      v128.store(y, f32x4.mul(f32x4.sub(v128.load(x), v128.load(mean)), v128.load(factor)));
      x += 16, mean += 16, factor += 16;
    }
    if (few == 0) continue;
    const d = f32x4.sub(loadFew(x, few), loadFew(mean, few));
    storeFew(y, f32x4.mul(d, loadFew(factor, few)), few);
  }
}
