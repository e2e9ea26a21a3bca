// By block of rows and cluster: the sums of w_i (x_i - x_0) and of w_i, the points with w_i > 0.

import { loadFew, strideOf } from "./rows";
import { madd } from "./simd";

@unmanaged
class KmeansWeightedSumsArgs {
  x: usize;
  weight: usize;
  label: usize;
  status: usize;
  sums: usize;
  masses: usize;
  counts: usize;
  n: u32;
  dim: u32;
  k: u32;
  rows: u32;
}

/** An item is a block of rows. */
export function kmeans_weighted_sums(args: usize, begin: u32, end: u32): void {
  const a = changetype<KmeansWeightedSumsArgs>(args);
  if (load<f32>(a.status) != 0) return;
  const stride = strideOf(a.dim), row = (a.dim as usize) << 2;
  for (let block = begin; block < end; block++) {
    const first = (block as usize) * a.k;
    const sums = a.sums + first * stride;
    const masses = a.masses + (first << 2), counts = a.counts + (first << 2);
    memory.fill(sums, 0, a.k * stride);
    memory.fill(masses, 0, a.k << 2);
    memory.fill(counts, 0, a.k << 2);
    const to = min((block + 1) * a.rows, a.n);
    for (let i = block * a.rows; i < to; i++) {
      const weight = load<f32>(a.weight + (i << 2));
      if (weight == 0) continue;
      const j = load<u32>(a.label + (i << 2)) as usize;
      const mass = masses + (j << 2), count = counts + (j << 2);
      store<f32>(mass, load<f32>(mass) + weight);
      store<u32>(count, load<u32>(count) + 1);
      addWeighted(a.x + (i as usize) * row, a.x, weight, sums + j * stride, a.dim);
    }
  }
}

/** to += weight (x - origin). */
function addWeighted(x: usize, origin: usize, weight: f32, to: usize, dim: u32): void {
  const w = f32x4.splat(weight);
  const whole = x + (((dim & ~3) as usize) << 2);
  while (x != whole) {
    const v = f32x4.sub(v128.load(x), v128.load(origin));
    v128.store(to, madd(w, v, v128.load(to)));
    x += 16, origin += 16, to += 16;
  }
  if (dim & 3) {
    const v = f32x4.sub(loadFew(x, dim & 3), loadFew(origin, dim & 3));
    v128.store(to, madd(w, v, v128.load(to)));
  }
}
