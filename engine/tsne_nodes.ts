// Node first + i holds nodes child + 4 i to child + 4 i + 3: their mean weighted by their points, the
// number of these, the common box, and the square of its longest side.

import { madd } from "./simd";

@unmanaged
class TsneNodesArgs {
  centre: usize;
  box: usize;
  side: usize;
  first: u32;
  count: u32;
  child: u32;
  children: u32;
}

const FANOUT: u32 = 4;

/** An item is a node. */
export function tsne_nodes(args: usize, begin: u32, end: u32): void {
  const a = changetype<TsneNodesArgs>(args);
  for (let i = begin; i < end; i++) {
    const from = a.child + i * FANOUT, to = min(from + FANOUT, a.child + a.children);
    let low = f32x4.splat(Infinity), high = f32x4.splat(-Infinity), sum = f32x4.splat(0);
    let mass: f32 = 0;
    for (let c = from; c < to; c++) {
      const box = a.box + ((c as usize) << 5), centre = a.centre + ((c as usize) << 4);
      low = f32x4.min(low, v128.load(box));
      high = f32x4.max(high, v128.load(box, 16));
      sum = madd(v128.load32_splat(centre, 12), v128.load(centre), sum);
      mass += load<f32>(centre, 12);
    }
    const mean = f32x4.div(sum, f32x4.splat(mass));
    storeNode(a.centre, a.box, a.side, a.first + i, mean, mass, low, high);
  }
}

/** Writes what is known of a node; of the vectors x, y and z count. */
export function storeNode(
  centre: usize,
  box: usize,
  side: usize,
  node: u32,
  mean: v128,
  mass: f32,
  low: v128,
  high: v128,
): void {
  const at: usize = node;
  v128.store(centre + (at << 4), f32x4.replace_lane(mean, 3, mass));
  v128.store(box + (at << 5), f32x4.replace_lane(low, 3, 0));
  v128.store(box + (at << 5), f32x4.replace_lane(high, 3, 0), 16);
  const size = f32x4.sub(high, low);
  const longest = max(
    f32x4.extract_lane(size, 0),
    max(f32x4.extract_lane(size, 1), f32x4.extract_lane(size, 2)),
  );
  store<f32>(side + (at << 2), longest * longest);
}
