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

/** An item is a segment. */
export function cluster_moments(args: usize, begin: u32, end: u32): void {
  const a = changetype<ClusterMomentsArgs>(args);
  const row = (a.dim as usize) << 2;
  for (let s = begin; s < end; s++) {
    const c = load<u32>(a.cluster + (s << 2)) as usize;
    const centre = a.centre + c * row, shift = a.shift + c * row;
    const to = a.sum + (s as usize) * (row + 8);
    const part = a.scratch + (s as usize) * row;
    memory.fill(to, 0, row);
    const last = load<u32>(a.begin + (s << 2), 4);
    let lengths: f64 = 0, squares: f64 = 0;
    for (let first = load<u32>(a.begin + (s << 2)); first < last; first += CHUNK) {
      memory.fill(part, 0, row);
      for (let p = first; p < min(first + CHUNK, last); p++) {
        const x = a.x + (load<u32>(a.order + (p << 2)) as usize) * row;
        const square = addPoint(x, centre, shift, part, a.dim);
        squares += square as f64;
        lengths += sqrt<f32>(square) as f64;
      }
      addRow(to, part, a.dim);
    }
    store<f32>(to + row, lengths as f32);
    store<f32>(to + row, squares as f32, 4);
  }
}

/** to += v = (x - centre) - shift; returns ||v||^2. */
function addPoint(x: usize, centre: usize, shift: usize, to: usize, dim: u32): f32 {
  let s = f32x4.splat(0);
  const whole = x + (((dim & ~3) as usize) << 2);
  while (x != whole) {
    const v = f32x4.sub(f32x4.sub(v128.load(x), v128.load(centre)), v128.load(shift));
    v128.store(to, f32x4.add(v128.load(to), v));
    s = madd(v, v, s);
    x += 16, centre += 16, shift += 16, to += 16;
  }
  const few = dim & 3;
  if (few) {
    const v = f32x4.sub(f32x4.sub(loadFew(x, few), loadFew(centre, few)), loadFew(shift, few));
    storeFew(to, f32x4.add(loadFew(to, few), v), few);
    s = madd(v, v, s);
  }
  return sum(s);
}

/** to += part */
function addRow(to: usize, part: usize, dim: u32): void {
  for (let d: u32 = 0; d < dim; d++) {
    store<f32>(to, load<f32>(to) + load<f32>(part));
    to += 4, part += 4;
  }
}
