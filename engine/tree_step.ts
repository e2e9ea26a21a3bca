// The point with the smallest distance of all blocks joins the tree: edges[2 e], edges[2 e + 1] = its slot,
// its parent; nearest = -1.

import { NO_SLOT } from "./panel_slots";

@unmanaged
class TreeStepArgs {
  distance: usize;
  slot: usize;
  parent: usize;
  nearest: usize;
  edges: usize;
  status: usize;
  blocks: u32;
}

/** Words of the status. */
@unmanaged
class TreeStatus {
  left: u32;
  edges: u32;
  tip: u32;
}

/** One item. */
export function tree_step(args: usize, begin: u32, end: u32): void {
  const a = changetype<TreeStepArgs>(args);
  const status = changetype<TreeStatus>(a.status);
  if (status.left == 0) return;
  let low = load<f32>(a.distance), at = load<u32>(a.slot);
  for (let b: u32 = 1; b < a.blocks; b++) {
    const d = load<f32>(a.distance + (b << 2));
    if (d < low) {
      low = d;
      at = load<u32>(a.slot + (b << 2));
    }
  }
  if (at == NO_SLOT) return;
  const edge = a.edges + (status.edges << 3);
  store<u32>(edge, at);
  store<u32>(edge, load<u32>(a.parent + (at << 2)), 4);
  store<f32>(a.nearest + (at << 2), -1);
  status.edges++;
  status.left--;
  status.tip = at;
}
