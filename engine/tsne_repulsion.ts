// force_i = sum_j w_ij^2 (y_i - map_j), mass_i = sum_j w_ij with w_ij = 1 / (1 + ||y_i - map_j||^2),
// without j = i if own is 1.

import { block, BLOCK_BYTES, OTHERS, repel, storeSums, SUMS_BYTES } from "./tsne_pairs";

@unmanaged
class TsneRepulsionArgs {
  y: usize;
  map: usize;
  force: usize;
  mass: usize;
  m: u32;
  n: u32;
  own: u32;
  scratch: usize;
}

/** Points of an item. */
const ITEM: u32 = 8;

/** An item is eight points. */
export function tsne_repulsion(args: usize, begin: u32, end: u32): void {
  const a = changetype<TsneRepulsionArgs>(args);
  for (let item = begin; item < end; item++) {
    const eight = a.scratch + (item as usize) * (BLOCK_BYTES + SUMS_BYTES);
    const sums = eight + BLOCK_BYTES;
    const first = item * ITEM, count = min(ITEM, a.m - first);
    block(eight, a.y + (first << 4), count);
    memory.fill(sums, 0, SUMS_BYTES);
    if (a.own) {
      repel(eight, a.map, first, 16, 4, OTHERS, sums);
      repel(eight, a.map + (first << 4), count, 16, 4, 0, sums);
      const next = first + count;
      repel(eight, a.map + (next << 4), a.n - next, 16, 4, OTHERS, sums);
    } else {
      repel(eight, a.map, a.n, 16, 4, OTHERS, sums);
    }
    storeSums(sums, a.force + (first << 4), a.mass + (first << 2), count);
  }
}
