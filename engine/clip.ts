// dw = dw min(1, limit / (sqrt(norm_sq) + 1e-6)); NaN if the norm is not finite.

import { BLOCK, lanesEnd } from "./simd";

@unmanaged
class ClipArgs {
  norm_sq: usize;
  dw: usize;
  n: u32;
  limit: f32;
}

/** An item is a block of 1,024 elements. */
export function clip(args: usize, begin: u32, end: u32): void {
  const a = changetype<ClipArgs>(args);
  const norm_sq = load<f32>(a.norm_sq);
  // x - x is zero, or NaN for infinity and NaN, which min passes on.
  const wanted = a.limit / (sqrt<f32>(norm_sq) + 1e-6) + (norm_sq - norm_sq);
  if (wanted >= 1.0) return;
  const factor = f32x4.splat(wanted);
  const from = begin * BLOCK, to = min(end * BLOCK, a.n);
  const whole = lanesEnd(from, to);
  let i = from;
  for (; i < whole; i += 4) {
    const at = a.dw + (i << 2);
    v128.store(at, f32x4.mul(v128.load(at), factor));
  }
  for (; i < to; i++) {
    const at = a.dw + (i << 2);
    store<f32>(at, load<f32>(at) * wanted);
  }
}
