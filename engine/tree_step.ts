// The point with the smallest distance of all blocks joins the tree: edges[2 e], edges[2 e + 1] = its slot,
// its parent; nearest = -1.

import { leastOfBlocks, NO_SLOT, slotAt } from "./panel_slots";
import { nearestOutside } from "./tree_nearest";

@unmanaged
class TreeStepArgs {
  distance: usize;
  slot: usize;
  point: usize;
  nearest: usize;
  parent: usize;
  edges: usize;
  status: usize;
  slots: u32;
  dim: u32;
  blocks: u32;
  more: u32;
}

/** Words of the status. */
@unmanaged
class TreeStatus {
  left: u32;
  edges: u32;
  tip: u32;
  slots: u32;
}

/** One item. */
export function tree_step(args: usize, begin: u32, end: u32): void {
  const a = changetype<TreeStepArgs>(args);
  const status = changetype<TreeStatus>(a.status);
  if (status.left == 0) return;
  add(a, leastOfBlocks(a.distance, a.slot, a.blocks) as u32);
  const count = min(status.slots, a.slots);
  for (let i: u32 = 0; i < a.more && status.left > 0; i++) {
    const tip = slotAt(a.point, status.tip, a.dim);
    const edge = status.edges;
    add(a, nearestOutside(a.point, a.nearest, a.parent, a.dim, tip, edge, 0, count) as u32);
  }
}

/** The point in a slot joins the tree. */
function add(a: TreeStepArgs, slot: u32): void {
  if (slot == NO_SLOT) return;
  const status = changetype<TreeStatus>(a.status);
  const edge = a.edges + (status.edges << 3);
  store<u32>(edge, slot);
  store<u32>(edge, load<u32>(a.parent + (slot << 2)), 4);
  store<f32>(a.nearest + (slot << 2), -1);
  status.edges++;
  status.left--;
  status.tip = slot;
}
