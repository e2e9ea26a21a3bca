// c_j = x_0 + (sum over blocks of the sums of x_i - x_0) / size_j; shift_j = the squared length of
// the step. Nothing moves while a cluster is empty.

import { loadFew, storeFew, strideOf, sum } from "./rows";
import { madd } from "./simd";

@unmanaged
class KmeansUpdateArgs {
  x: usize;
  sums: usize;
  counts: usize;
  status: usize;
  centres: usize;
  shift: usize;
  size: usize;
  dim: u32;
  k: u32;
  blocks: u32;
  scratch: usize;
}

/** Adds up the counts; one item. */
export function kmeans_update_count(args: usize, begin: u32, end: u32): void {
  const a = changetype<KmeansUpdateArgs>(args);
  if (load<f32>(a.status) != 0) return;
  const row = (a.k as usize) << 2;
  memory.fill(a.size, 0, row);
  for (let b: u32 = 0; b < a.blocks; b++) {
    const counts = a.counts + (b as usize) * row;
    for (let at: usize = 0; at < row; at += 4) {
      store<u32>(a.size + at, load<u32>(a.size + at) + load<u32>(counts + at));
    }
  }
}

/** An item is a centre. */
export function kmeans_update(args: usize, begin: u32, end: u32): void {
  const a = changetype<KmeansUpdateArgs>(args);
  if (load<f32>(a.status) != 0) return;
  let full = true;
  for (let j: u32 = 0; j < a.k; j++) full = full && load<u32>(a.size + (j << 2)) > 0;
  for (let j = begin; j < end; j++) {
    const count = load<u32>(a.size + (j << 2));
    store<f32>(a.shift + (j << 2), full ? move(a, j, count) : 0);
  }
}

/** Moves centre j to the mean of its points. */
function move(a: KmeansUpdateArgs, j: u32, count: u32): f32 {
  const stride = strideOf(a.dim);
  const total = a.scratch + (j as usize) * stride;
  memory.fill(total, 0, stride);
  for (let b: u32 = 0; b < a.blocks; b++) {
    const s = a.sums + ((b as usize) * a.k + j) * stride;
    for (let d: usize = 0; d < stride; d += 16) {
      v128.store(total + d, f32x4.add(v128.load(total + d), v128.load(s + d)));
    }
  }
  const c = a.centres + (((j as usize) * a.dim) << 2);
  const n = f32x4.splat(count as f32);
  let square = f32x4.splat(0);
  for (let d: u32 = 0; d < a.dim; d += 4) {
    const at = c + (d << 2), origin = a.x + (d << 2), few = a.dim - d;
    const old = few < 4 ? loadFew(at, few) : v128.load(at);
    const zero = few < 4 ? loadFew(origin, few) : v128.load(origin);
    const moved = f32x4.add(zero, f32x4.div(v128.load(total + (d << 2)), n));
    const step = f32x4.sub(moved, old);
    square = madd(step, step, square);
    if (few < 4) storeFew(at, moved, few);
    else v128.store(at, moved);
  }
  return sum(square);
}
