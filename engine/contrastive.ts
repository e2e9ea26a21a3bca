// contrastive: D = ||za - zb||; loss = scale / 2 (same ? D^2 : max(0, margin - D)^2).
// contrastive_grad: dza = slope (za - zb).

import { load_lanes, store_lanes } from "./lanes";
import { squareOf } from "./rows";

@unmanaged
class ContrastiveArgs {
  za: usize;
  zb: usize;
  same: usize;
  loss: usize;
  slope: usize;
  m: u32;
  dim: u32;
  margin: f32;
  scale: f32;
}

@unmanaged
class ContrastiveGradArgs {
  za: usize;
  zb: usize;
  slope: usize;
  dza: usize;
  m: u32;
  dim: u32;
}

/** An item is a pair. */
export function contrastive(args: usize, begin: u32, end: u32): void {
  const a = changetype<ContrastiveArgs>(args);
  const row = a.dim << 2;
  const half: f32 = 0.5 * a.scale;
  for (let i = begin; i < end; i++) {
    const square = squareOf(a.za + i * row, a.zb + i * row, a.dim);
    let loss: f32 = half * square, slope: f32 = a.scale;
    if (!load<u32>(a.same + (i << 2))) {
      const distance = sqrt<f32>(square);
      // Keeps a NaN.
      const gap = max<f32>(a.margin - distance, 0.0);
      loss = half * gap * gap;
      slope = distance == 0.0 ? 0.0 : -a.scale * gap / distance;
    }
    store<f32>(a.loss + (i << 2), loss);
    store<f32>(a.slope + (i << 2), slope);
  }
}

/** An item is a pair. */
export function contrastive_grad(args: usize, begin: u32, end: u32): void {
  const a = changetype<ContrastiveGradArgs>(args);
  const row = a.dim << 2, zero = f32x4.splat(0.0);
  for (let i = begin; i < end; i++) {
    const slope = v128.load32_splat(a.slope + (i << 2));
    for (let t: u32 = 0; t < a.dim; t += 4) {
      const count = min(4, a.dim - t), at: usize = i * row + (t << 2);
      const gap = f32x4.sub(
        load_lanes(a.za + at, count, zero),
        load_lanes(a.zb + at, count, zero),
      );
      store_lanes(a.dza + at, count, f32x4.mul(slope, gap));
    }
  }
}
