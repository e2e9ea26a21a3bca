// For each row i in order with w_i > 0, j = label_i: mass_j += w_i, mu_j -= (mu_j - z_i) (w_i / mass_j).

import { load_lanes, store_lanes } from "./lanes";

@unmanaged
class WeightedCentreUpdateArgs {
  z: usize;
  label: usize;
  weight: usize;
  mass: usize;
  mu: usize;
  m: u32;
  k: u32;
  dim: u32;
}

/** mu moves towards z by a share. */
function moveBy(mu: usize, z: usize, dim: u32, share: f32): void {
  const part = f32x4.splat(share), zero = f32x4.splat(0.0);
  for (let t: u32 = 0; t < dim; t += 4) {
    const lanes = min(4, dim - t), at: usize = t << 2;
    const c = load_lanes(mu + at, lanes, zero);
    const gap = f32x4.sub(c, load_lanes(z + at, lanes, zero));
    store_lanes(mu + at, lanes, f32x4.sub(c, f32x4.mul(gap, part)));
  }
}

/** An item is a centre: it walks over the batch. */
export function weighted_centre_update(args: usize, begin: u32, end: u32): void {
  const a = changetype<WeightedCentreUpdateArgs>(args);
  const row = a.dim << 2;
  for (let j = begin; j < end; j++) {
    let mass = load<f32>(a.mass + (j << 2));
    for (let i: u32 = 0; i < a.m; i++) {
      const weight = load<f32>(a.weight + (i << 2));
      if (load<u32>(a.label + (i << 2)) != j || !(weight > 0)) continue;
      mass += weight;
      moveBy(a.mu + j * row, a.z + i * row, a.dim, weight / mass);
    }
    store<f32>(a.mass + (j << 2), mass);
  }
}
