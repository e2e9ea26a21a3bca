// s_i = (b_i - a_i) / max(a_i, b_i) from the mean distances to the own and to the nearest other
// cluster. Queries and points lie in panels of 8, the points cluster by cluster; a tile is the
// distances of one panel of queries to four points, its loads shared by 32 pairs. Nothing but one
// running sum per query and cluster at hand is kept.

import { laneselect } from "./rows";
import { madd } from "./simd";

@unmanaged
class SilhouetteArgs {
  points: usize;
  queries: usize;
  label: usize;
  start: usize;
  s: usize;
  m: u32;
  dim: u32;
  k: u32;
  first: u32;
  count: u32;
  scratch: usize;
}

/** Points of a panel; panels of an item. */
const PANEL: u32 = 8;
const ITEM: u32 = 6;

/** Points that a panel meets before the next one takes its turn: they stay in the L1 cache. */
const CHUNK: u32 = 64;

/** Running state of a panel: for each of 2 vectors a chunk's sum, the cluster's sum, a, b. */
const STATE: usize = 128;
const STATES: usize = 768;
const CLUSTER: usize = 32;
const OWN: usize = 64;
const OTHER: usize = 96;

/** Panel of row i; panels of `dim` rows of 8. */
function panelOf(panels: usize, i: u32, dim: u32): usize {
  return panels + ((((i / PANEL) * dim) as usize) << 5);
}

/** An item is 48 queries from `first` on. */
export function silhouette(args: usize, begin: u32, end: u32): void {
  const a = changetype<SilhouetteArgs>(args);
  for (let item = begin; item < end; item++) {
    const from = a.first + item * ITEM * PANEL;
    const to = min(min(from + ITEM * PANEL, a.first + a.count), a.m);
    measure(a, from, to, a.scratch + (item as usize) * STATES);
  }
}

function measure(a: SilhouetteArgs, from: u32, to: u32, state: usize): void {
  for (let p = state; p < state + STATES; p += STATE) {
    memory.fill(p, 0, OTHER);
    v128.store(p + OTHER, f32x4.splat(Infinity));
    v128.store(p + OTHER, f32x4.splat(Infinity), 16);
  }
  for (let c: u32 = 0; c < a.k; c++) {
    const start = load<u32>(a.start + (c << 2)), end = load<u32>(a.start + (c << 2), 4);
    for (let j = start; j < end;) {
      const next = min((j & ~3) + CHUNK, end);
      let p = state;
      for (let i = from; i < to; i += PANEL) {
        distances(a, panelOf(a.queries, i, a.dim), j, next, p);
        p += STATE;
      }
      j = next;
    }
    let p = state;
    for (let i = from; i < to; i += PANEL) {
      finishCluster(a, i, c, end - start, p);
      p += STATE;
    }
  }
  for (let i = from; i < to; i++) {
    const p = state + (((i - from) / PANEL) as usize) * STATE + ((i % PANEL) << 2);
    const own = load<f32>(p + OWN), other = load<f32>(p + OTHER);
    const c = load<u32>(a.label + (i << 2));
    const size = load<u32>(a.start + (c << 2), 4) - load<u32>(a.start + (c << 2));
    const larger = max(own, other);
    const s: f32 = size == 1 || larger == 0 ? 0 : (other - own) / larger;
    store<f32>(a.s + (i << 2), s);
  }
}

/** Adds the distances of a panel to points `from` to `to - 1` of one cluster. */
function distances(a: SilhouetteArgs, x: usize, from: u32, to: u32, state: usize): void {
  v128.store(state, f32x4.splat(0));
  v128.store(state, f32x4.splat(0), 16);
  for (let j = from & ~3; j < to; j += 4) {
    let wanted: u32 = 15;
    if (j < from) wanted = 15 << (from - j);
    if (j + 4 > to) wanted &= 15 >> (j + 4 - to);
    tile(x, panelOf(a.points, j, a.dim) + ((j & 4) << 2), a.dim, wanted, state);
  }
  const cluster = state + CLUSTER;
  v128.store(cluster, f32x4.add(v128.load(cluster), v128.load(state)));
  v128.store(cluster, f32x4.add(v128.load(cluster, 16), v128.load(state, 16)), 16);
}

/** Distances of 8 points to 4; `wanted` has a bit for each of the four. */
function tile(x: usize, y: usize, dim: u32, wanted: u32, sum: usize): void {
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00;
  let s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  const end = x + ((dim as usize) << 5);
  while (x != end) {
    const x0 = v128.load(x), x1 = v128.load(x, 16);
    const four = v128.load(y);
    let one = i32x4.shuffle(four, four, 0, 0, 0, 0);
    let d = f32x4.sub(x0, one);
    s00 = madd(d, d, s00);
    d = f32x4.sub(x1, one);
    s01 = madd(d, d, s01);
    one = i32x4.shuffle(four, four, 1, 1, 1, 1);
    d = f32x4.sub(x0, one);
    s10 = madd(d, d, s10);
    d = f32x4.sub(x1, one);
    s11 = madd(d, d, s11);
    one = i32x4.shuffle(four, four, 2, 2, 2, 2);
    d = f32x4.sub(x0, one);
    s20 = madd(d, d, s20);
    d = f32x4.sub(x1, one);
    s21 = madd(d, d, s21);
    one = i32x4.shuffle(four, four, 3, 3, 3, 3);
    d = f32x4.sub(x0, one);
    s30 = madd(d, d, s30);
    d = f32x4.sub(x1, one);
    s31 = madd(d, d, s31);
    x += 32;
    y += 32;
  }
  if (wanted & 1) add(sum, s00, s01);
  if (wanted & 2) add(sum, s10, s11);
  if (wanted & 4) add(sum, s20, s21);
  if (wanted & 8) add(sum, s30, s31);
}

function add(sum: usize, s0: v128, s1: v128): void {
  v128.store(sum, f32x4.add(v128.load(sum), f32x4.sqrt(s0)));
  v128.store(sum, f32x4.add(v128.load(sum, 16), f32x4.sqrt(s1)), 16);
}

/** The sum over a cluster becomes a mean: a where it is the own cluster, else perhaps b. */
function finishCluster(a: SilhouetteArgs, i: u32, c: u32, size: u32, state: usize): void {
  for (let q: u32 = 0; q < 2; q++) {
    const own = i32x4.eq(labels(a, i + 4 * q), i32x4.splat(c));
    const total = v128.load(state, CLUSTER);
    const inside = f32x4.div(total, f32x4.splat(max(size - 1, 1) as f32));
    const outside = f32x4.div(total, f32x4.splat(size as f32));
    v128.store(state, laneselect(inside, v128.load(state, OWN), own), OWN);
    const before = v128.load(state, OTHER);
    // Keeps a NaN.
    const less = f32x4.pmin(outside, before);
    v128.store(state, laneselect(before, less, own), OTHER);
    v128.store(state, f32x4.splat(0), CLUSTER);
    state += 16;
  }
}

/** Clusters of four queries; the last stands in for those past the end. */
function labels(a: SilhouetteArgs, i: u32): v128 {
  const last = a.m - 1;
  let four = v128.load32_zero(a.label + (min(i, last) << 2));
  four = v128.load32_lane(a.label + (min(i + 1, last) << 2), four, 1);
  four = v128.load32_lane(a.label + (min(i + 2, last) << 2), four, 2);
  return v128.load32_lane(a.label + (min(i + 3, last) << 2), four, 3);
}
