// distance_b, slot_b = smallest distance from cluster status[4] to another of block b, and where:
// 2 s_a s_b / (s_a + s_b) ||c_a - c_b||^2 (Ward), or ||c_a - c_b||^2 + v_a + v_b (average).

import { nearestIn } from "./clusters";
import { SLOT_BLOCK, storeKey } from "./panel_slots";

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
  const tip = load<u32>(a.status + TIP), before = load<u32>(a.status + BEFORE);
  const left = load<u32>(a.status + LEFT);
  const count = left > 1 ? min(load<u32>(a.status + SLOTS), a.slots) : 0;
  for (let block = begin; block < end; block++) {
    const first = block * SLOT_BLOCK, stop = min(first + SLOT_BLOCK, count);
    const key = nearestIn(
      a.centre,
      a.cluster,
      a.slots,
      a.dim,
      a.linkage,
      tip,
      before,
      first,
      stop,
    );
    storeKey(key, a.distance + (block << 2), a.slot + (block << 2));
  }
}
