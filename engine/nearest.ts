// label_i = the least j with the smallest ||z_i - mu_j||^2; distance_i is that square.

import { squaresOf } from "./rows";

@unmanaged
class NearestArgs {
  z: usize;
  mu: usize;
  label: usize;
  distance: usize;
  m: u32;
  k: u32;
  dim: u32;
}

/** Bits of NaN, and above them. */
const NAN: i32 = 0x7fc0_0000;
const NONE: i32 = 0x7fff_ffff;

/** The better of two candidates, as distance bits above and place below. */
function candidate(bits: i32, place: i32): u64 {
  return ((bits as u64) << 32) | (place as u64);
}

/** An item is a row. */
export function nearest(args: usize, begin: u32, end: u32): void {
  const a = changetype<NearestArgs>(args);
  for (let i = begin; i < end; i++) {
    // Bits of numbers that are not negative are in the order of the numbers; NaN, always the same,
    // comes last.
    let best = i32x4.splat(NONE), at = i32x4(0, 1, 2, 3), j4 = at;
    for (let j: u32 = 0; j < a.k; j += 4) {
      const square = squaresOf(a.z + ((i * a.dim) << 2), a.mu, j, a.k, a.dim);
      const d = i32x4.min_s(f32x4.abs(square), i32x4.splat(NAN));
      const less = i32x4.lt_s(d, best);
      best = v128.bitselect(d, best, less);
      at = v128.bitselect(j4, at, less);
      j4 = i32x4.add(j4, i32x4.splat(4));
    }
    // The last centre stands in for those past it, at a higher place than its own.
    const found = min(
      min(
        candidate(i32x4.extract_lane(best, 0), i32x4.extract_lane(at, 0)),
        candidate(i32x4.extract_lane(best, 1), i32x4.extract_lane(at, 1)),
      ),
      min(
        candidate(i32x4.extract_lane(best, 2), i32x4.extract_lane(at, 2)),
        candidate(i32x4.extract_lane(best, 3), i32x4.extract_lane(at, 3)),
      ),
    );
    store<u32>(a.label + (i << 2), found as u32);
    store<u32>(a.distance + (i << 2), (found >> 32) as u32);
  }
}
