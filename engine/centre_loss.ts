// centre_loss: loss_i = scale ||z_i - mu_label(i)||^2.
// centre_loss_grad: dz_i = scale (z_i - mu_label(i)).

import { load_lanes, store_lanes } from "./lanes";
import { squareOf } from "./rows";

@unmanaged
class CentreLossArgs {
  z: usize;
  mu: usize;
  label: usize;
  loss: usize;
  m: u32;
  k: u32;
  dim: u32;
  scale: f32;
}

@unmanaged
class CentreLossGradArgs {
  z: usize;
  mu: usize;
  label: usize;
  dz: usize;
  m: u32;
  k: u32;
  dim: u32;
  scale: f32;
}

/** An item is a row. */
export function centre_loss(args: usize, begin: u32, end: u32): void {
  const a = changetype<CentreLossArgs>(args);
  const row = a.dim << 2;
  for (let i = begin; i < end; i++) {
    const label = load<u32>(a.label + (i << 2));
    const loss = label < a.k
      ? a.scale * squareOf(a.z + i * row, a.mu + label * row, a.dim)
      : f32.NaN;
    store<f32>(a.loss + (i << 2), loss);
  }
}

/** An item is a row. */
export function centre_loss_grad(args: usize, begin: u32, end: u32): void {
  const a = changetype<CentreLossGradArgs>(args);
  const row = a.dim << 2, zero = f32x4.splat(0.0);
  for (let i = begin; i < end; i++) {
    const label = load<u32>(a.label + (i << 2));
    const known = label < a.k;
    const z = a.z + i * row, dz = a.dz + i * row;
    const mu = known ? a.mu + label * row : z;
    const scale = f32x4.splat(known ? a.scale : f32.NaN);
    for (let t: u32 = 0; t < a.dim; t += 4) {
      const count = min(4, a.dim - t), at: usize = t << 2;
      const gap = f32x4.sub(load_lanes(z + at, count, zero), load_lanes(mu + at, count, zero));
      store_lanes(dz + at, count, f32x4.mul(scale, gap));
    }
  }
}
