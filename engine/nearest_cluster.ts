// distance_b, slot_b = smallest distance from cluster status[4] to another of block b, and where:
// 2 s_a s_b / (s_a + s_b) ||c_a - c_b||^2 (Ward), or ||c_a - c_b||^2 + v_a + v_b (average).

import { FAR, leastOf, NO_SLOT, SLOT_BLOCK, slotAt, squares4 } from "./panel_slots";
import { laneselect } from "./rows";
import { madd } from "./simd";

@unmanaged
class NearestClusterArgs {
  centre: usize;
  cluster: usize;
  status: usize;
  distance: usize;
  slot: usize;
  slots: u32;
  dim: u32;
  linkage: u32;
}

/** Words of the status. */
const LEFT: usize = 0;
const TIP: usize = 16;
const BEFORE: usize = 20;
const SLOTS: usize = 24;

/** An item is a block of 256 slots. */
export function nearest_cluster(args: usize, begin: u32, end: u32): void {
  const a = changetype<NearestClusterArgs>(args);
  const left = load<u32>(a.status + LEFT);
  const count = left > 1 ? min(load<u32>(a.status + SLOTS), a.slots) : 0;
  for (let block = begin; block < end; block++) {
    const from = block * SLOT_BLOCK, to = min(from + SLOT_BLOCK, count);
    const distance = a.distance + (block << 2), slot = a.slot + (block << 2);
    search(a, from, to, distance, slot);
    const before = load<u32>(a.status + BEFORE);
    if (before < from || before >= to) continue;
    // Of equals the cluster before the tip: else the chain would go round in circles.
    const four = before & ~3;
    const x = slotAt(a.centre, four, a.dim);
    const tip = load<u32>(a.status + TIP);
    const squares = squares4(x, slotAt(a.centre, tip, a.dim), a.dim);
    const d = v128.bitselect(
      between(a, squares, tip, four),
      f32x4.splat(FAR),
      i32x4.eq(places(four), i32x4.splat(before)),
    );
    const low = load<f32>(distance);
    if (v128.any_true(f32x4.eq(d, f32x4.splat(low))) && low < FAR) store<u32>(slot, before);
  }
}

function places(first: u32): v128 {
  return i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
}

/** Distances from the tip to four slots, by the squared distances of the means; FAR where empty. */
function between(a: NearestClusterArgs, squares: v128, tip: u32, first: u32): v128 {
  const at = a.cluster + (first << 2), own = a.cluster + (tip << 2), spreads = a.slots << 2;
  const size = v128.load(at), mine = v128.load32_splat(own);
  let d: v128;
  if (a.linkage == 0) {
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

/** The lowest distance of slots `from` to `to - 1`, whole panels of which are looked at. */
function search(a: NearestClusterArgs, from: u32, to: u32, distance: usize, slot: usize): void {
  const tip = load<u32>(a.status + TIP), own = slotAt(a.centre, tip, a.dim);
  const bytes = (a.dim as usize) << 5;
  let low = f32x4.splat(FAR), at = i32x4.splat(NO_SLOT);
  let x = slotAt(a.centre, from, a.dim);
  for (let i = from; i < to; i += 8) {
    const end = x + bytes;
    let t = own, s0 = f32x4.splat(0), s1 = s0;
    while (x != end) {
      const v = v128.load32_splat(t);
      const d0 = f32x4.sub(v128.load(x), v), d1 = f32x4.sub(v128.load(x, 16), v);
      s0 = madd(d0, d0, s0);
      s1 = madd(d1, d1, s1);
      x += 32;
      t += 32;
    }
    let d = between(a, s0, tip, i), sooner = f32x4.lt(d, low);
    low = laneselect(d, low, sooner);
    at = laneselect(places(i), at, sooner);
    d = between(a, s1, tip, i + 4);
    sooner = f32x4.lt(d, low);
    low = laneselect(d, low, sooner);
    at = laneselect(places(i + 4), at, sooner);
  }
  leastOf(low, at, distance, slot);
}
