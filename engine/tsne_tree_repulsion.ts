// force_i = sum_c N_c w_ic^2 (y_i - mean_c), mass_i = sum_c N_c w_ic with w = 1 / (1 + ||y_i - mean_c||^2)
// over nodes c of N_c points that are small from afar, and over the points of others. The eight points
// of a leaf go through the tree together.

import { laneselect } from "./rows";
import { madd } from "./simd";
import { add, BLOCK_BYTES, OTHERS, repel, SUMS_BYTES } from "./tsne_pairs";

@unmanaged
class TsneTreeRepulsionArgs {
  points: usize;
  order: usize;
  centre: usize;
  box: usize;
  side: usize;
  link: usize;
  force: usize;
  mass: usize;
  n: u32;
  nodes: u32;
  theta2: f32;
  scratch: usize;
}

const LEAF: u32 = 8;
const NO_NODE: u32 = 0xffffffff;

/** An item is a leaf. */
export function tsne_tree_repulsion(args: usize, begin: u32, end: u32): void {
  const a = changetype<TsneTreeRepulsionArgs>(args);
  for (let leaf = begin; leaf < end; leaf++) {
    const sums = a.scratch + (leaf as usize) * SUMS_BYTES;
    memory.fill(sums, 0, SUMS_BYTES);
    walk(a, leaf, sums);
    const first = leaf * LEAF, count = min(LEAF, a.n - first);
    for (let t: u32 = 0; t < count; t++) {
      const index: usize = load<u32>(a.order + ((first + t) << 2));
      const at = sums + (t << 2), to = a.force + (index << 4);
      store<f32>(to, load<f32>(at));
      store<f32>(to, load<f32>(at, 32), 4);
      store<f32>(to, load<f32>(at, 64), 8);
      store<f32>(to, 0, 12);
      store<f32>(a.mass + (index << 2), load<f32>(at, 96));
    }
  }
}

/** All that repels the points of a leaf. */
function walk(a: TsneTreeRepulsionArgs, leaf: u32, sums: usize): void {
  const eight = a.points + (leaf as usize) * BLOCK_BYTES;
  const x0 = v128.load(eight), x1 = v128.load(eight, 16);
  const y0 = v128.load(eight, 32), y1 = v128.load(eight, 48);
  const z0 = v128.load(eight, 64), z1 = v128.load(eight, 80);
  const one = f32x4.splat(1);
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, s0 = a0, s1 = a0;
  const box = a.box + ((leaf as usize) << 5);
  let node = a.nodes - 1;
  while (node != NO_NODE) {
    const link = a.link + ((node as usize) << 3);
    const centre = a.centre + ((node as usize) << 4);
    if (load<f32>(a.side + ((node as usize) << 2)) < a.theta2 * distance2(box, centre)) {
      const mass = v128.load32_splat(centre, 12);
      let c = v128.load32_splat(centre);
      const dx0 = f32x4.sub(x0, c), dx1 = f32x4.sub(x1, c);
      c = v128.load32_splat(centre, 4);
      const dy0 = f32x4.sub(y0, c), dy1 = f32x4.sub(y1, c);
      c = v128.load32_splat(centre, 8);
      const dz0 = f32x4.sub(z0, c), dz1 = f32x4.sub(z1, c);
      const w0 = f32x4.div(one, madd(dz0, dz0, madd(dy0, dy0, madd(dx0, dx0, one))));
      const w1 = f32x4.div(one, madd(dz1, dz1, madd(dy1, dy1, madd(dx1, dx1, one))));
      let m0 = f32x4.mul(mass, w0), m1 = f32x4.mul(mass, w1);
      s0 = f32x4.add(s0, m0);
      s1 = f32x4.add(s1, m1);
      m0 = f32x4.mul(m0, w0);
      m1 = f32x4.mul(m1, w1);
      a0 = madd(m0, dx0, a0);
      a1 = madd(m1, dx1, a1);
      b0 = madd(m0, dy0, b0);
      b1 = madd(m1, dy1, b1);
      c0 = madd(m0, dz0, c0);
      c1 = madd(m1, dz1, c1);
    } else if (load<u32>(link) == NO_NODE) {
      const at = a.points + (node as usize) * BLOCK_BYTES;
      const own = node == leaf ? 0 : OTHERS;
      repel(eight, at, min(LEAF, a.n - node * LEAF), 4, 32, own, sums);
    } else {
      node = load<u32>(link);
      continue;
    }
    node = load<u32>(link, 4);
  }
  add(sums, a0, a1);
  add(sums + 32, b0, b1);
  add(sums + 64, c0, c1);
  add(sums + 96, s0, s1);
}

/** Square of the distance of a node's mean from a box. */
function distance2(box: usize, centre: usize): f32 {
  const mean = v128.load(centre);
  const away = f32x4.pmax(
    f32x4.sub(v128.load(box), mean),
    f32x4.sub(mean, v128.load(box, 16)),
  );
  const zero = f32x4.splat(0);
  const d = f32x4.pmax(laneselect(away, zero, i32x4(-1, -1, -1, 0)), zero);
  const square = f32x4.mul(d, d);
  const pair = f32x4.add(square, i32x4.shuffle(square, square, 2, 3, 0, 1));
  return f32x4.extract_lane(pair, 0) + f32x4.extract_lane(pair, 1);
}
