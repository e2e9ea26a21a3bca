// sum_s = (sum v, sum ||v||, sum ||v||^2) over the points of segment s, v = (x - centre) - shift.

import { loadFew, storeFew, sum } from "./rows";
import { madd } from "./simd";

@unmanaged
class ClusterMomentsArgs {
  x: usize;
  order: usize;
  begin: usize;
  cluster: usize;
  centre: usize;
  shift: usize;
  sum: usize;
  segments: u32;
  dim: u32;
  scratch: usize;
}

/** Points that are added up before their sum joins that of the segment: keeps rounding small. */
const CHUNK: u32 = 16;

/** Columns that are added up at a time, in registers. */
const BLOCK: u32 = 16;

/** An item is a segment. */
export function cluster_moments(args: usize, begin: u32, end: u32): void {
  const a = changetype<ClusterMomentsArgs>(args);
  const row = (a.dim as usize) << 2;
  for (let s = begin; s < end; s++) {
    const c = load<u32>(a.cluster + (s << 2)) as usize;
    const to = a.sum + (s as usize) * (row + 8);
    const part = a.scratch + ((s as usize) << 6);
    memory.fill(to, 0, row);
    const last = load<u32>(a.begin + (s << 2), 4);
    let lengths: f64 = 0, squares: f64 = 0;
    for (let first = load<u32>(a.begin + (s << 2)); first < last; first += CHUNK) {
      const count = min(CHUNK, last - first);
      memory.fill(part, 0, CHUNK << 2);
      for (let d: u32 = 0; d < a.dim; d += BLOCK) {
        addBlock(a, a.order + (first << 2), count, c * row, d, part, to + (d << 2));
      }
      for (let i: u32 = 0; i < count; i++) {
        const square = load<f32>(part + (i << 2));
        squares += square as f64;
        lengths += sqrt<f32>(square) as f64;
      }
    }
    store<f32>(to + row, lengths as f32);
    store<f32>(to + row, squares as f32, 4);
  }
}

/** Four numbers, or as many as are left in the row. */
function lanes(at: usize, left: i32): v128 {
  if (left >= 4) return v128.load(at);
  return left > 0 ? loadFew(at, left) : f32x4.splat(0);
}

/** to += v = (x - centre) - shift over up to 16 columns of the points; part_i += ||v_i||^2. */
function addBlock(
  a: ClusterMomentsArgs,
  order: usize,
  count: u32,
  cluster: usize,
  d: u32,
  part: usize,
  to: usize,
): void {
  const row = (a.dim as usize) << 2, skip = (d as usize) << 2;
  const left = min(a.dim - d, BLOCK) as i32;
  const centre = a.centre + cluster + skip, shift = a.shift + cluster + skip;
  const c0 = lanes(centre, left), c1 = lanes(centre + 16, left - 4);
  const c2 = lanes(centre + 32, left - 8), c3 = lanes(centre + 48, left - 12);
  const s0 = lanes(shift, left), s1 = lanes(shift + 16, left - 4);
  const s2 = lanes(shift + 32, left - 8), s3 = lanes(shift + 48, left - 12);
  let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0;
  for (let i: u32 = 0; i < count; i++) {
    const x = a.x + (load<u32>(order + (i << 2)) as usize) * row + skip;
    const v0 = f32x4.sub(f32x4.sub(lanes(x, left), c0), s0);
    a0 = f32x4.add(a0, v0);
    let square = f32x4.mul(v0, v0);
    if (left > 4) {
      const v1 = f32x4.sub(f32x4.sub(lanes(x + 16, left - 4), c1), s1);
      a1 = f32x4.add(a1, v1);
      square = madd(v1, v1, square);
    }
    if (left > 8) {
      const v2 = f32x4.sub(f32x4.sub(lanes(x + 32, left - 8), c2), s2);
      a2 = f32x4.add(a2, v2);
      square = madd(v2, v2, square);
    }
    if (left > 12) {
      const v3 = f32x4.sub(f32x4.sub(lanes(x + 48, left - 12), c3), s3);
      a3 = f32x4.add(a3, v3);
      square = madd(v3, v3, square);
    }
    store<f32>(part + (i << 2), load<f32>(part + (i << 2)) + sum(square));
  }
  addLanes(to, a0, left);
  addLanes(to + 16, a1, left - 4);
  addLanes(to + 32, a2, left - 8);
  addLanes(to + 48, a3, left - 12);
}

/** to += v, in the lanes that the row has. */
function addLanes(to: usize, v: v128, left: i32): void {
  if (left >= 4) v128.store(to, f32x4.add(v128.load(to), v));
  else if (left > 0) storeFew(to, f32x4.add(loadFew(to, left), v), left);
}
