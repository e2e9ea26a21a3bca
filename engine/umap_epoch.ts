// c_e = 2 pull a b d^(2 (b - 1)) / (1 + a d^(2 b)) for the edges e = (i, j) of point i that are due;
// f_t = clip(2 gamma b / ((0.001 + d^2) (1 + a d^(2 b))) (y_i - z_k), -4, 4) for drawn points k;
// moved_i = y_i + alpha (sum_e c_e (z_j - y_i) + sum_t f_t) / (1 + damping alpha sum_e c_e).

import { exp4 } from "./activation_math";
import { log4 } from "./math";
import { loadFew, squares, storeFew, sum } from "./rows";
import { madd } from "./simd";

@unmanaged
class UmapEpochArgs {
  y: usize;
  z: usize;
  start: usize;
  edge: usize;
  rate: usize;
  moved: usize;
  m: u32;
  n: u32;
  dim: u32;
  edges: u32;
  negatives: u32;
  epoch: u32;
  key: u32;
  a: f32;
  b: f32;
  gamma: f32;
  pull: f32;
  damping: f32;
  alpha: f32;
  scratch: usize;
}

/** 2^32 by the golden ratio: its multiples, mod 2^32, are spread evenly. */
const GOLDEN: u32 = 0x9e3779b9;

/** Squared distances below this count as this: the pull of an edge has a pole at 0. */
const LEAST: f32 = 1e-12;

/** Largest push in one dimension. */
const MOST: f32 = 4.0;

/** The integer hash "lowbias32" of Chris Wellons, a permutation of the words. */
function mix(x: u32): u32 {
  x = (x ^ (x >> 16)) * 0x7feb352d;
  x = (x ^ (x >> 15)) * 0x846ca68b;
  return x ^ (x >> 16);
}

function mix4(x: v128): v128 {
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 16)), i32x4.splat(0x7feb352d));
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 15)), i32x4.splat(0x846ca68b));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

/** floor(n w / 2^32) for four words w. */
function below4(w: v128, n: u32): v128 {
  const factor = i32x4.splat(n);
  const low = i64x2.extmul_low_i32x4_u(w, factor), high = i64x2.extmul_high_i32x4_u(w, factor);
  return i32x4.shuffle(low, high, 1, 3, 5, 7);
}

/** d^(2 b) from squared distances. */
function power4(squared: v128, b: f32): v128 {
  return exp4(f32x4.mul(log4(squared), f32x4.splat(b)));
}

/** c_e by 2 pull a b. */
function pulls(squared: v128, a: UmapEpochArgs): v128 {
  const d = f32x4.max(squared, f32x4.splat(LEAST));
  const p = power4(d, a.b);
  return f32x4.div(p, f32x4.mul(d, madd(f32x4.splat(a.a), p, f32x4.splat(1.0))));
}

/** Factor of y_i - z_k by 2 gamma b. */
function pushes(squared: v128, a: UmapEpochArgs): v128 {
  const p = power4(f32x4.max(squared, f32x4.splat(LEAST)), a.b);
  const one = f32x4.splat(1.0);
  const near = f32x4.add(squared, f32x4.splat(0.001));
  return f32x4.div(one, f32x4.mul(near, madd(f32x4.splat(a.a), p, one)));
}

/** Lists the due edges of a point at `list`, three zeros after them; returns how many there are. */
function due(a: UmapEpochArgs, from: u32, to: u32, list: usize): u32 {
  let count: u32 = 0;
  for (let e = from; e < to; e++) {
    const rate = load<u32>(a.rate + (e << 2));
    store<u32>(list + (count << 2), load<u32>(a.edge + (e << 2)));
    count += u32(rate * a.epoch + e * GOLDEN < rate);
  }
  v128.store(list + (count << 2), i32x4.splat(0));
  return count;
}

/** All ones in the lanes t, t + 1, ... that are below `count`. */
function lanesBelow(t: u32, count: u32): v128 {
  return i32x4.lt_u(i32x4.add(i32x4.splat(t), i32x4(0, 1, 2, 3)), i32x4.splat(count));
}

/** An item is a point. */
export function umap_epoch(args: usize, begin: u32, end: u32): void {
  const a = changetype<UmapEpochArgs>(args);
  for (let i = begin; i < end; i++) {
    const from = load<u32>(a.start + (i << 2)), to = load<u32>(a.start + ((i + 1) << 2));
    const list = a.scratch + ((from + 4 * i) << 2);
    const count = due(a, from, to, list);
    if (a.dim == 2) flat(a, i, list, count);
    else wide(a, i, list, count);
  }
}

/** Two dimensions: four points at a time, x and y in vectors of their own. */
function flat(a: UmapEpochArgs, i: u32, list: usize, count: u32): void {
  const at = a.y + (i << 3);
  const x = v128.load32_splat(at), y = v128.load32_splat(at, 4);
  const z = a.z, attraction = f32x4.splat(2.0 * a.pull * a.a * a.b);
  let fx = f32x4.splat(0), fy = fx, weight = fx;
  for (let t: u32 = 0; t < count; t += 4) {
    const j = v128.load(list + (t << 2));
    const low = pair(z, i32x4.extract_lane(j, 0), i32x4.extract_lane(j, 1));
    const high = pair(z, i32x4.extract_lane(j, 2), i32x4.extract_lane(j, 3));
    const dx = f32x4.sub(i32x4.shuffle(low, high, 0, 2, 4, 6), x);
    const dy = f32x4.sub(i32x4.shuffle(low, high, 1, 3, 5, 7), y);
    const factor = f32x4.mul(attraction, pulls(madd(dx, dx, f32x4.mul(dy, dy)), a));
    const c = v128.and(lanesBelow(t, count), factor);
    fx = madd(c, dx, fx), fy = madd(c, dy, fy), weight = f32x4.add(weight, c);
  }
  const total = count * a.negatives, hash = mix(i ^ a.key);
  const repulsion = f32x4.splat(2.0 * a.gamma * a.b), most = f32x4.splat(MOST);
  const least = f32x4.splat(-MOST);
  for (let t: u32 = 0; t < total; t += 4) {
    const j = drawn(a, hash, t);
    const low = pair(z, i32x4.extract_lane(j, 0), i32x4.extract_lane(j, 1));
    const high = pair(z, i32x4.extract_lane(j, 2), i32x4.extract_lane(j, 3));
    const dx = f32x4.sub(x, i32x4.shuffle(low, high, 0, 2, 4, 6));
    const dy = f32x4.sub(y, i32x4.shuffle(low, high, 1, 3, 5, 7));
    const factor = f32x4.mul(repulsion, pushes(madd(dx, dx, f32x4.mul(dy, dy)), a));
    const c = v128.and(lanesBelow(t, total), factor);
    fx = f32x4.add(fx, f32x4.max(least, f32x4.min(most, f32x4.mul(c, dx))));
    fy = f32x4.add(fy, f32x4.max(least, f32x4.min(most, f32x4.mul(c, dy))));
  }
  const step: f32 = a.alpha / (1.0 + a.damping * a.alpha * sum(weight));
  store<f32>(a.moved + (i << 3), load<f32>(at) + step * sum(fx));
  store<f32>(a.moved + (i << 3), load<f32>(at, 4) + step * sum(fy), 4);
}

/** Four points that are drawn as the t-th and next. */
function drawn(a: UmapEpochArgs, hash: u32, t: u32): v128 {
  const steps = i32x4.mul(i32x4.add(i32x4.splat(t), i32x4(0, 1, 2, 3)), i32x4.splat(GOLDEN));
  return below4(mix4(i32x4.add(i32x4.splat(hash), steps)), a.n);
}

/** Two rows of two numbers. */
function pair(z: usize, j0: u32, j1: u32): v128 {
  return v128.load64_lane(z + (j1 << 3), v128.load64_zero(z + (j0 << 3)), 1);
}

/** Any number of dimensions, which lie in the lanes; the force grows in the row of the result. */
function wide(a: UmapEpochArgs, i: u32, list: usize, count: u32): void {
  const bytes = a.dim << 2;
  const y = a.y + i * bytes, force = a.moved + i * bytes;
  memory.fill(force, 0, bytes);
  const attraction = f32x4.splat(2.0 * a.pull * a.a * a.b);
  let weight = f32x4.splat(0);
  for (let t: u32 = 0; t < count; t += 4) {
    const j = v128.load(list + (t << 2));
    const factor = f32x4.mul(attraction, pulls(distances4(a, y, j), a));
    const c = v128.and(lanesBelow(t, count), factor);
    weight = f32x4.add(weight, c);
    add4(a, force, y, j, f32x4.neg(c), Infinity);
  }
  const total = count * a.negatives, hash = mix(i ^ a.key);
  const repulsion = f32x4.splat(2.0 * a.gamma * a.b);
  for (let t: u32 = 0; t < total; t += 4) {
    const j = drawn(a, hash, t);
    const factor = f32x4.mul(repulsion, pushes(distances4(a, y, j), a));
    add4(a, force, y, j, v128.and(lanesBelow(t, total), factor), MOST);
  }
  const step: f32 = a.alpha / (1.0 + a.damping * a.alpha * sum(weight));
  for (let d: usize = 0; d < bytes; d += 4) {
    store<f32>(force + d, load<f32>(y + d) + step * load<f32>(force + d));
  }
}

/** ||y - z_j||^2 for four j. */
function distances4(a: UmapEpochArgs, y: usize, j: v128): v128 {
  const bytes = a.dim << 2;
  return squares(
    y,
    a.z + i32x4.extract_lane(j, 0) * bytes,
    a.z + i32x4.extract_lane(j, 1) * bytes,
    a.z + i32x4.extract_lane(j, 2) * bytes,
    a.z + i32x4.extract_lane(j, 3) * bytes,
    a.dim,
  );
}

/** force += clip(c_t (y - z_j(t))) for four t, one after the other. */
function add4(a: UmapEpochArgs, force: usize, y: usize, j: v128, c: v128, most: f32): void {
  const bytes = a.dim << 2;
  const z0 = a.z + i32x4.extract_lane(j, 0) * bytes, z1 = a.z + i32x4.extract_lane(j, 1) * bytes;
  const z2 = a.z + i32x4.extract_lane(j, 2) * bytes, z3 = a.z + i32x4.extract_lane(j, 3) * bytes;
  const c0 = f32x4.splat(f32x4.extract_lane(c, 0)), c1 = f32x4.splat(f32x4.extract_lane(c, 1));
  const c2 = f32x4.splat(f32x4.extract_lane(c, 2)), c3 = f32x4.splat(f32x4.extract_lane(c, 3));
  const high = f32x4.splat(most), low = f32x4.splat(-most);
  const whole = bytes & ~15;
  for (let d: usize = 0; d < whole; d += 16) {
    const from = v128.load(y + d);
    let f = v128.load(force + d);
    f = f32x4.add(f, clipped(c0, from, v128.load(z0 + d), low, high));
    f = f32x4.add(f, clipped(c1, from, v128.load(z1 + d), low, high));
    f = f32x4.add(f, clipped(c2, from, v128.load(z2 + d), low, high));
    v128.store(force + d, f32x4.add(f, clipped(c3, from, v128.load(z3 + d), low, high)));
  }
  const few = a.dim & 3, d = whole;
  if (few == 0) return;
  const from = loadFew(y + d, few);
  let f = loadFew(force + d, few);
  f = f32x4.add(f, clipped(c0, from, loadFew(z0 + d, few), low, high));
  f = f32x4.add(f, clipped(c1, from, loadFew(z1 + d, few), low, high));
  f = f32x4.add(f, clipped(c2, from, loadFew(z2 + d, few), low, high));
  storeFew(force + d, f32x4.add(f, clipped(c3, from, loadFew(z3 + d, few), low, high)), few);
}

/** c (y - z), not beyond the bounds. */
function clipped(c: v128, y: v128, z: v128, low: v128, high: v128): v128 {
  return f32x4.max(low, f32x4.min(high, f32x4.mul(c, f32x4.sub(y, z))));
}
