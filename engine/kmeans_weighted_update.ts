// c_j = m_j, or m_j / ||m_j||, where m_j = x_0 + (sum over blocks of sums) / (sum of masses);
// shift_j = the squared length of the step. Nothing moves while a cluster is empty.

import { loadFew, storeFew, strideOf, sum } from "./rows";
import { madd } from "./simd";

@unmanaged
class KmeansWeightedUpdateArgs {
  x: usize;
  sums: usize;
  masses: usize;
  counts: usize;
  status: usize;
  centres: usize;
  shift: usize;
  size: usize;
  dim: u32;
  k: u32;
  blocks: u32;
  unit: u32;
  scratch: usize;
}

/** Squared length of a mean of points of length 1 below which it points nowhere. */
const NOWHERE: f32 = 1e-12;

/** Adds up the counts; one item. */
export function kmeans_weighted_update_count(args: usize, begin: u32, end: u32): void {
  const a = changetype<KmeansWeightedUpdateArgs>(args);
  if (load<f32>(a.status) != 0) return;
  for (let j: u32 = 0; j < a.k; j++) {
    let count: u32 = 0;
    for (let b: u32 = 0; b < a.blocks; b++) count += load<u32>(a.counts + ((b * a.k + j) << 2));
    store<u32>(a.size + (j << 2), count);
  }
}

/** An item is a centre. */
export function kmeans_weighted_update(args: usize, begin: u32, end: u32): void {
  const a = changetype<KmeansWeightedUpdateArgs>(args);
  if (load<f32>(a.status) != 0) return;
  let full = true;
  for (let j: u32 = 0; j < a.k; j++) full = full && load<u32>(a.size + (j << 2)) > 0;
  for (let j = begin; j < end; j++) store<f32>(a.shift + (j << 2), full ? move(a, j) : 0);
}

/** Moves centre j. */
function move(a: KmeansWeightedUpdateArgs, j: u32): f32 {
  const mean = a.scratch + (j as usize) * strideOf(a.dim);
  const square = meanOf(a, j, mean);
  if (a.unit && square <= NOWHERE) return 0;
  const factor = f32x4.splat(a.unit ? <f32> 1 / sqrt<f32>(square) : 1);
  const c = a.centres + (((j as usize) * a.dim) << 2);
  let shift = f32x4.splat(0);
  for (let d: u32 = 0; d < a.dim; d += 4) {
    const at = c + (d << 2), few = a.dim - d;
    const old = few < 4 ? loadFew(at, few) : v128.load(at);
    const moved = f32x4.mul(factor, v128.load(mean + (d << 2)));
    const step = f32x4.sub(moved, old);
    shift = madd(step, step, shift);
    if (few < 4) storeFew(at, moved, few);
    else v128.store(at, moved);
  }
  return sum(shift);
}

/** Stores the mean of cluster j, padded with zeros; returns its square. */
function meanOf(a: KmeansWeightedUpdateArgs, j: u32, mean: usize): f32 {
  const stride = strideOf(a.dim);
  let mass: f64 = 0;
  memory.fill(mean, 0, stride);
  for (let b: u32 = 0; b < a.blocks; b++) {
    const cluster = b * a.k + j;
    mass += load<f32>(a.masses + (cluster << 2));
    const sums = a.sums + (cluster as usize) * stride;
    for (let d: usize = 0; d < stride; d += 16) {
      v128.store(mean + d, f32x4.add(v128.load(mean + d), v128.load(sums + d)));
    }
  }
  const total = f32x4.splat(mass as f32);
  let square = f32x4.splat(0);
  for (let d: u32 = 0; d < a.dim; d += 4) {
    const few = a.dim - d, at = mean + (d << 2), origin = a.x + (d << 2);
    const zero = few < 4 ? loadFew(origin, few) : v128.load(origin);
    const value = f32x4.add(zero, f32x4.div(v128.load(at), total));
    square = madd(value, value, square);
    v128.store(at, value);
  }
  return sum(square);
}
