/** Four-lane helpers that the two builds share. */

/** a * b + c in each lane: one rounding in the relaxed build, two in the plain one. */
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    return f32x4.relaxed_madd(a, b, c);
  }
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Elements in one item of an elementwise kernel: 4 KB, about a tenth of a microsecond of work. */
export const BLOCK: u32 = 1024;

/** End of the whole groups of four lanes in [from, to). */
export function lanesEnd(from: u32, to: u32): u32 {
  return from + ((to - from) & ~3);
}
