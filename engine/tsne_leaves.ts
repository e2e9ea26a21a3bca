// Leaf l of a tree holds points order[8 l] to order[8 l + 7]: their coordinates, mean, number, box, and
// the square of its longest side.

import { BLOCK_BYTES } from "./tsne_pairs";
import { storeNode } from "./tsne_nodes";

@unmanaged
class TsneLeavesArgs {
  y: usize;
  order: usize;
  points: usize;
  centre: usize;
  box: usize;
  side: usize;
  n: u32;
}

const LEAF: u32 = 8;

/** An item is a leaf. */
export function tsne_leaves(args: usize, begin: u32, end: u32): void {
  const a = changetype<TsneLeavesArgs>(args);
  for (let leaf = begin; leaf < end; leaf++) {
    const first = leaf * LEAF, count = min(LEAF, a.n - first);
    const to = a.points + (leaf as usize) * BLOCK_BYTES;
    let low = f32x4.splat(Infinity), high = f32x4.splat(-Infinity), sum = f32x4.splat(0);
    for (let t: u32 = 0; t < LEAF; t++) {
      const index = load<u32>(a.order + ((first + min(t, count - 1)) << 2));
      const point = v128.load(a.y + ((index as usize) << 4));
      v128.store32_lane(to + (t << 2), point, 0);
      v128.store32_lane(to + (t << 2), point, 1, 32);
      v128.store32_lane(to + (t << 2), point, 2, 64);
      if (t >= count) continue;
      low = f32x4.min(low, point);
      high = f32x4.max(high, point);
      sum = f32x4.add(sum, point);
    }
    const mean = f32x4.div(sum, f32x4.splat(count as f32));
    storeNode(a.centre, a.box, a.side, leaf, mean, count as f32, low, high);
  }
}
