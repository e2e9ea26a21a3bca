// The tip's nearest cluster goes on the chain, or is merged with the tip if it is the one before it:
// s = s_a + s_b, c = c_b + s_a / s (c_a - c_b), v = (s_a v_a + s_b v_b) / s + s_a s_b / s^2 ||c_a - c_b||^2.

import { nearestIn } from "./clusters";
import { leastOfBlocks, NO_SLOT, slotAt } from "./panel_slots";

@unmanaged
class ChainStepArgs {
  distance: usize;
  slot: usize;
  centre: usize;
  cluster: usize;
  chain: usize;
  merges: usize;
  status: usize;
  slots: u32;
  dim: u32;
  blocks: u32;
  linkage: u32;
  more: u32;
}

/** Words of the status. */
@unmanaged
class ChainStatus {
  left: u32;
  length: u32;
  merges: u32;
  first: u32;
  tip: u32;
  before: u32;
  slots: u32;
}

/** One item. */
export function chain_step(args: usize, begin: u32, end: u32): void {
  const a = changetype<ChainStepArgs>(args);
  const status = changetype<ChainStatus>(a.status);
  if (status.left < 2) return;
  step(a, nearestOfBlocks(a, status.before));
  for (let i: u32 = 0; i < a.more && status.left > 1; i++) {
    const key = nearestIn(
      a.centre,
      a.cluster,
      a.slots,
      a.dim,
      a.linkage,
      status.tip,
      status.before,
      0,
      min(status.slots, a.slots),
    );
    step(a, key as u32);
  }
}

/** The chain goes on with the cluster nearest to its tip. */
function step(a: ChainStepArgs, nearest: u32): void {
  const status = changetype<ChainStatus>(a.status);
  if (status.length > 1 && nearest == status.before) {
    merge(a, min(status.tip, nearest), max(status.tip, nearest));
    setEnds(a, status.length - 2);
  } else if (nearest != NO_SLOT) {
    store<u32>(a.chain + (status.length << 2), nearest);
    setEnds(a, status.length + 1);
  }
}

/** The nearest of all blocks: the first of equals, but for the cluster before the tip. */
function nearestOfBlocks(a: ChainStepArgs, before: u32): u32 {
  const key = leastOfBlocks(a.distance, a.slot, a.blocks);
  for (let b: u32 = 0; b < a.blocks; b++) {
    const at = b << 2;
    if (load<u32>(a.slot + at) != before) continue;
    if (load<u32>(a.distance + at) == ((key >> 32) as u32)) return before;
  }
  return key as u32;
}

function merge(a: ChainStepArgs, one: u32, other: u32): void {
  const size_a = load<f32>(a.cluster + (one << 2)), size_b = load<f32>(a.cluster + (other << 2));
  const size = size_a + size_b, share_a = size_a / size, share_b = size_b / size;
  let x = slotAt(a.centre, one, a.dim), y = slotAt(a.centre, other, a.dim);
  let square: f32 = 0;
  for (let d: u32 = 0; d < a.dim; d++) {
    const to = load<f32>(y), v = load<f32>(x) - to;
    square += v * v;
    store<f32>(y, to + share_a * v);
    x += 32;
    y += 32;
  }
  const spreads = a.cluster + (a.slots << 2);
  const spread = share_a * load<f32>(spreads + (one << 2)) +
    share_b * load<f32>(spreads + (other << 2));
  store<f32>(spreads + (other << 2), spread + share_a * share_b * square);
  store<f32>(spreads + (one << 2), 0);
  store<f32>(a.cluster + (other << 2), size);
  store<f32>(a.cluster + (one << 2), 0);
  const status = changetype<ChainStatus>(a.status);
  const merges = a.merges + (status.merges << 3);
  store<u32>(merges, one);
  store<u32>(merges, other, 4);
  status.merges++;
  status.left--;
}

/** The end of the chain, which starts anew if it is empty and there is more than one cluster. */
function setEnds(a: ChainStepArgs, count: u32): void {
  const status = changetype<ChainStatus>(a.status);
  let length = count;
  if (length == 0 && status.left > 1) {
    while (load<f32>(a.cluster + (status.first << 2)) == 0) status.first++;
    store<u32>(a.chain, status.first);
    length = 1;
  }
  status.length = length;
  if (length > 0) status.tip = load<u32>(a.chain + ((length - 1) << 2));
  status.before = length > 1 ? load<u32>(a.chain + ((length - 2) << 2)) : NO_SLOT;
}
