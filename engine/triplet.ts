// triplet: loss = scale max(0, D(za, zp) - D(za, zn) + margin), D the distance or its square.
// triplet_grad: with (u, v) = slope: dza = u (za - zp) - v (za - zn), dzp = u (zp - za),
// dzn = v (za - zn).

import { load_lanes, store_lanes } from "./lanes";
import { squareOf } from "./rows";

@unmanaged
class TripletArgs {
  za: usize;
  zp: usize;
  zn: usize;
  valid: usize;
  loss: usize;
  slope: usize;
  m: u32;
  dim: u32;
  squared: u32;
  masked: u32;
  margin: f32;
  scale: f32;
}

@unmanaged
class TripletGradArgs {
  za: usize;
  zp: usize;
  zn: usize;
  slope: usize;
  dza: usize;
  dzp: usize;
  dzn: usize;
  m: u32;
  dim: u32;
}

/** An item is a triplet. */
export function triplet(args: usize, begin: u32, end: u32): void {
  const a = changetype<TripletArgs>(args);
  const row = a.dim << 2;
  for (let i = begin; i < end; i++) {
    const x = a.za + i * row;
    let near = squareOf(x, a.zp + i * row, a.dim), far = squareOf(x, a.zn + i * row, a.dim);
    let u: f32 = 2.0 * a.scale, v = u;
    if (!a.squared) {
      near = sqrt<f32>(near);
      far = sqrt<f32>(far);
      u = near == 0.0 ? 0.0 : a.scale / near;
      v = far == 0.0 ? 0.0 : a.scale / far;
    }
    let loss: f32 = a.scale * ((near - far) + a.margin);
    const out = a.masked != 0 && load<u32>(a.valid + (i << 2)) == 0;
    if (out || near - far + a.margin <= 0.0) loss = u = v = 0.0;
    store<f32>(a.loss + (i << 2), loss);
    store<f32>(a.slope + (i << 3), u);
    store<f32>(a.slope + (i << 3), v, 4);
  }
}

/** An item is a triplet. */
export function triplet_grad(args: usize, begin: u32, end: u32): void {
  const a = changetype<TripletGradArgs>(args);
  const row = a.dim << 2, zero = f32x4.splat(0.0);
  for (let i = begin; i < end; i++) {
    const u = v128.load32_splat(a.slope + (i << 3)), v = v128.load32_splat(a.slope + (i << 3), 4);
    for (let t: u32 = 0; t < a.dim; t += 4) {
      const count = min(4, a.dim - t), at: usize = i * row + (t << 2);
      const x = load_lanes(a.za + at, count, zero);
      const near = f32x4.mul(u, f32x4.sub(x, load_lanes(a.zp + at, count, zero)));
      const far = f32x4.mul(v, f32x4.sub(x, load_lanes(a.zn + at, count, zero)));
      store_lanes(a.dza + at, count, f32x4.sub(near, far));
      store_lanes(a.dzp + at, count, f32x4.neg(near));
      store_lanes(a.dzn + at, count, far);
    }
  }
}
