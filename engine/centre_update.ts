// For each row i in order, j = label_i: count_j += 1, mu_j -= (mu_j - z_i) / count_j.

import { load_lanes, store_lanes } from "./lanes";

@unmanaged
class CentreUpdateArgs {
  z: usize;
  label: usize;
  count: usize;
  mu: usize;
  m: u32;
  k: u32;
  dim: u32;
}

/** mu moves towards z by one part in `count`. */
function move(mu: usize, z: usize, dim: u32, count: u32): void {
  const parts = f32x4.splat(count as f32), zero = f32x4.splat(0.0);
  for (let t: u32 = 0; t < dim; t += 4) {
    const lanes = min(4, dim - t), at: usize = t << 2;
    const c = load_lanes(mu + at, lanes, zero);
    const gap = f32x4.sub(c, load_lanes(z + at, lanes, zero));
    store_lanes(mu + at, lanes, f32x4.sub(c, f32x4.div(gap, parts)));
  }
}

/** An item is a centre: it walks over the batch. */
export function centre_update(args: usize, begin: u32, end: u32): void {
  const a = changetype<CentreUpdateArgs>(args);
  const row = a.dim << 2;
  for (let j = begin; j < end; j++) {
    let count = load<u32>(a.count + (j << 2));
    for (let i: u32 = 0; i < a.m; i++) {
      if (load<u32>(a.label + (i << 2)) != j) continue;
      move(a.mu + j * row, a.z + i * row, a.dim, ++count);
    }
    store<u32>(a.count + (j << 2), count);
  }
}
