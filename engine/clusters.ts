// Clusters of points by their sizes, means and spreads: the distances of four slots, and the nearest
// cluster of a range of slots.

import { FAR, leastOf, NO_SLOT, slotAt, squares4 } from "./panel_slots";
import { laneselect } from "./rows";
import { madd } from "./simd";

function places(first: u32): v128 {
  return i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
}

/** Distances from the tip to four slots, by the squared distances of the means; FAR where empty. */
function between(
  cluster: usize,
  slots: u32,
  linkage: u32,
  squares: v128,
  tip: u32,
  first: u32,
): v128 {
  const at = cluster + (first << 2), own = cluster + (tip << 2), spreads = slots << 2;
  const size = v128.load(at), mine = v128.load32_splat(own);
  let d: v128;
  if (linkage == 0) {
    const product = f32x4.mul(f32x4.splat(2), f32x4.mul(mine, size));
    d = f32x4.mul(f32x4.div(product, f32x4.add(mine, size)), squares);
  } else {
    d = f32x4.add(squares, f32x4.add(v128.load32_splat(own + spreads), v128.load(at + spreads)));
  }
  const none = v128.or(
    f32x4.le(size, f32x4.splat(0)),
    i32x4.eq(places(first), i32x4.splat(tip)),
  );
  return v128.bitselect(f32x4.splat(FAR), d, none);
}

/** Key of the cluster nearest to the tip among slots `first` to `end - 1`, in whole panels. */
export function nearestIn(
  centre: usize,
  cluster: usize,
  slots: u32,
  dim: u32,
  linkage: u32,
  tip: u32,
  before: u32,
  first: u32,
  end: u32,
): u64 {
  const own = slotAt(centre, tip, dim), bytes = (dim as usize) << 5;
  let low = f32x4.splat(FAR), at = i32x4.splat(NO_SLOT);
  let x = slotAt(centre, first, dim);
  for (let i = first; i < end; i += 8) {
    const stop = x + bytes;
    let t = own, s0 = f32x4.splat(0), s1 = s0;
    while (x != stop) {
      const v = v128.load32_splat(t);
      const d0 = f32x4.sub(v128.load(x), v), d1 = f32x4.sub(v128.load(x, 16), v);
      s0 = madd(d0, d0, s0);
      s1 = madd(d1, d1, s1);
      x += 32;
      t += 32;
    }
    let d = between(cluster, slots, linkage, s0, tip, i), sooner = f32x4.lt(d, low);
    low = laneselect(d, low, sooner);
    at = laneselect(places(i), at, sooner);
    d = between(cluster, slots, linkage, s1, tip, i + 4);
    sooner = f32x4.lt(d, low);
    low = laneselect(d, low, sooner);
    at = laneselect(places(i + 4), at, sooner);
  }
  const key = leastOf(low, at);
  if (before < first || before >= end) return key;
  // Of equals the cluster before the tip: else the chain would go round in circles.
  const four = before & ~3;
  const squares = squares4(slotAt(centre, four, dim), own, dim);
  const d = v128.bitselect(
    between(cluster, slots, linkage, squares, tip, four),
    f32x4.splat(FAR),
    i32x4.eq(places(four), i32x4.splat(before)),
  );
  const least = reinterpret<f32>((key >> 32) as u32);
  const ties = least < FAR && v128.any_true(f32x4.eq(d, f32x4.splat(least)));
  return ties ? (key & 0xffffffff00000000) | (before as u64) : key;
}
