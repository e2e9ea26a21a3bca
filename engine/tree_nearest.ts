// nearest_i = min(nearest_i, ||x_i - x_tip||^2) of the points outside the tree, parent_i where it falls;
// distance_b, slot_b = the smallest of block b and where it is.

import { FAR, leastOf, NO_SLOT, SLOT_BLOCK, slotAt, squares4 } from "./panel_slots";
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
  for (let block = begin; block < end; block++) {
    const from = block * SLOT_BLOCK, to = min(from + SLOT_BLOCK, count);
    search(a, from, to, a.distance + (block << 2), a.slot + (block << 2));
  }
}

function search(a: TreeNearestArgs, from: u32, to: u32, distance: usize, slot: usize): void {
  const tip = slotAt(a.point, load<u32>(a.status + TIP), a.dim);
  const edge = v128.load32_splat(a.status + EDGES);
  let low = f32x4.splat(FAR), at = i32x4.splat(NO_SLOT);
  for (let i = from; i < to; i += 4) {
    const x = slotAt(a.point, i, a.dim);
    const nearest = a.nearest + (i << 2), parent = a.parent + (i << 2);
    const squares = squares4(x, tip, a.dim), before = v128.load(nearest);
    // In the tree it is below 0, and less than any square.
    const less = f32x4.lt(squares, before);
    const d = laneselect(squares, before, less);
    v128.store(nearest, d);
    v128.store(parent, laneselect(edge, v128.load(parent), less));
    const sooner = v128.and(f32x4.lt(d, low), f32x4.ge(d, f32x4.splat(0)));
    low = laneselect(d, low, sooner);
    at = laneselect(i32x4.add(i32x4.splat(i), i32x4(0, 1, 2, 3)), at, sooner);
  }
  leastOf(low, at, distance, slot);
}
