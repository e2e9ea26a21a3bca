// nearest_i = min(nearest_i, ||x_i - x_tip||^2) of the points outside the tree, parent_i where it falls;
// distance_b, slot_b = the smallest of block b and where it is.

import { FAR, leastOf, NO_SLOT, SLOT_BLOCK, slotAt, squares4, storeKey } from "./panel_slots";
import { laneselect } from "./rows";

@unmanaged
class TreeNearestArgs {
  point: usize;
  status: usize;
  nearest: usize;
  parent: usize;
  distance: usize;
  slot: usize;
  slots: u32;
  dim: u32;
}

/** Words of the status. */
const LEFT: usize = 0;
const EDGES: usize = 4;
const TIP: usize = 8;
const SLOTS: usize = 12;

/** An item is a block of 256 slots. */
export function tree_nearest(args: usize, begin: u32, end: u32): void {
  const a = changetype<TreeNearestArgs>(args);
  const count = load<u32>(a.status + LEFT) > 0 ? min(load<u32>(a.status + SLOTS), a.slots) : 0;
  const tip = slotAt(a.point, load<u32>(a.status + TIP), a.dim);
  const edge = load<u32>(a.status + EDGES);
  for (let block = begin; block < end; block++) {
    const first = block * SLOT_BLOCK, stop = min(first + SLOT_BLOCK, count);
    const key = nearestOutside(a.point, a.nearest, a.parent, a.dim, tip, edge, first, stop);
    storeKey(key, a.distance + (block << 2), a.slot + (block << 2));
  }
}

/** Updates slots `first` to `end - 1` and returns the key of the one nearest to the tree. */
export function nearestOutside(
  point: usize,
  nearest: usize,
  parent: usize,
  dim: u32,
  tip: usize,
  edge: u32,
  first: u32,
  end: u32,
): u64 {
  let low = f32x4.splat(FAR), at = i32x4.splat(NO_SLOT);
  for (let i = first; i < end; i += 4) {
    const squares = squares4(slotAt(point, i, dim), tip, dim);
    const d4 = nearest + (i << 2), parent4 = parent + (i << 2);
    const before = v128.load(d4);
    // In the tree it is below 0, and less than any square.
    const less = f32x4.lt(squares, before);
    const d = laneselect(squares, before, less);
    v128.store(d4, d);
    v128.store(parent4, laneselect(i32x4.splat(edge), v128.load(parent4), less));
    const sooner = v128.and(f32x4.lt(d, low), f32x4.ge(d, f32x4.splat(0)));
    low = laneselect(d, low, sooner);
    at = laneselect(i32x4.add(i32x4.splat(i), i32x4(0, 1, 2, 3)), at, sooner);
  }
  return leastOf(low, at);
}
