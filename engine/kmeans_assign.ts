// label_i = arg min_j ||x_i - c_j||^2, and by block of rows the sums of x_i - x_0 and the counts of
// each cluster, to which only points whose label changed are added and from which they are taken.
//
// The arg min is taken of ||x - c_j||^2 - ||x - c_0||^2 = -2 (x (c_j - c_0) + h_j) with
// h_j = (||c_0||^2 - ||c_j||^2) / 2. Centres relative to c_0 keep cancellation small where the data
// lie far from the origin.

import { narrow8x2, narrow8x4, wide6x2 } from "./kmeans_tiles";
import { transpose8 } from "./panels";
import { loadFew, strideOf } from "./rows";

@unmanaged
class KmeansAssignArgs {
  x: usize;
  centres: usize;
  status: usize;
  label: usize;
  sums: usize;
  counts: usize;
  changed: usize;
  n: u32;
  dim: u32;
  k: u32;
  rows: u32;
  scratch: usize;
}

/** Points that are assigned together: two vectors of four, or the six rows of a tile. */
const NARROW: u32 = 8;
const TILE: u32 = 6;

/** From here on dimensions are in the lanes; below, points are, after a transposition. */
const WIDE: u32 = 32;

/** Bytes of the labels of a group, and of them with the best scores and labels of a tile. */
const LABELS: usize = 32;
const BEST: usize = 96;

/** No label yet. */
const NONE: u32 = u32.MAX_VALUE;

/** The scratch memory begins with x_0; then c_j - c_0: four side by side if narrow, else rows. */
function relativeOf(a: KmeansAssignArgs): usize {
  return a.scratch + strideOf(a.dim);
}

function halvesOf(a: KmeansAssignArgs): usize {
  return relativeOf(a) + (((a.k + 3) & ~3) as usize) * strideOf(a.dim);
}

/** Working memory of one block: labels, best scores, transposed points. */
function workOf(a: KmeansAssignArgs, block: u32): usize {
  const bytes = BEST + (a.dim < WIDE ? (NARROW as usize) * strideOf(a.dim) : 0);
  return halvesOf(a) + (((a.k + 3) & ~3) << 2) + (block as usize) * bytes;
}

/** Packs the centres relative to the first; one item. */
export function kmeans_assign_pack(args: usize, begin: u32, end: u32): void {
  const a = changetype<KmeansAssignArgs>(args);
  if (load<u32>(a.status) != 0) return;
  const stride = strideOf(a.dim);
  const relative = relativeOf(a), halves = halvesOf(a);
  const padded = (a.k + 3) & ~3;
  memory.fill(a.scratch, 0, halves - a.scratch);
  memory.copy(a.scratch, a.x, a.dim << 2);
  for (let j: u32 = 0; j < padded; j++) {
    // Never the best.
    let half = -Infinity as f32;
    if (j < a.k) {
      const c = a.centres + (((j as usize) * a.dim) << 2);
      let dot: f64 = 0;
      for (let d: u32 = 0; d < a.dim; d++) {
        const one = load<f32>(c + (d << 2)), zero = load<f32>(a.centres + (d << 2));
        dot += ((one as f64) - zero) * ((one as f64) + zero);
        const at = a.dim < WIDE
          ? ((j & ~3) as usize) * stride + (((d << 2) + (j & 3)) << 2)
          : (j as usize) * stride + (d << 2);
        store<f32>(relative + at, one - zero);
      }
      half = (-0.5 * dot) as f32;
    }
    store<f32>(halves + (j << 2), half);
  }
}

/** An item is a block of rows. */
export function kmeans_assign(args: usize, begin: u32, end: u32): void {
  const a = changetype<KmeansAssignArgs>(args);
  if (load<u32>(a.status) != 0) return;
  const fresh = load<u32>(a.status, 4) == 0;
  for (let block = begin; block < end; block++) {
    if (fresh) clear(a, block);
    const work = workOf(a, block);
    const to = min((block + 1) * a.rows, a.n);
    const group = a.dim < WIDE ? NARROW : TILE;
    let changed: u32 = 0;
    for (let i = block * a.rows; i < to; i += group) {
      const count = min(group, to - i);
      const x = a.x + (((i as usize) * a.dim) << 2);
      if (a.dim < WIDE) bestNarrow(a, x, count, work);
      else bestWide(a, x, count, work);
      if (!same(a.label + (i << 2), work, count)) changed += relabel(a, block, i, count, work);
    }
    store<u32>(a.changed + (block << 2), changed);
  }
}

/** Forgets what earlier runs left of a block. */
function clear(a: KmeansAssignArgs, block: u32): void {
  const bytes = (a.k as usize) * strideOf(a.dim);
  memory.fill(a.sums + (block as usize) * bytes, 0, bytes);
  memory.fill(a.counts + (((block as usize) * a.k) << 2), 0, a.k << 2);
  const from = block * a.rows, to = min(from + a.rows, a.n);
  memory.fill(a.label + (from << 2), 0xff, (to - from) << 2);
}

/** Whether a group of labels is as before, seen in two vectors if it is whole. */
function same(before: usize, after: usize, count: u32): bool {
  if (count == NARROW) {
    const low = i32x4.eq(v128.load(before), v128.load(after));
    return i32x4.all_true(v128.and(low, i32x4.eq(v128.load(before, 16), v128.load(after, 16))));
  }
  for (let r: u32 = 0; r < count; r++) {
    if (load<u32>(before + (r << 2)) != load<u32>(after + (r << 2))) return false;
  }
  return true;
}

/** Stores the labels of a group and moves the points that changed; returns how many. */
function relabel(a: KmeansAssignArgs, block: u32, i: u32, count: u32, labels: usize): u32 {
  const stride = strideOf(a.dim);
  const sums = a.sums + (block as usize) * a.k * stride;
  const counts = a.counts + (((block as usize) * a.k) << 2);
  let changed: u32 = 0;
  for (let r: u32 = 0; r < count; r++) {
    const at = a.label + ((i + r) << 2);
    const before = load<u32>(at), after = load<u32>(labels + (r << 2));
    if (before == after) continue;
    changed++;
    store<u32>(at, after);
    const x = a.x + ((((i + r) as usize) * a.dim) << 2);
    const to = counts + (after << 2);
    store<u32>(to, load<u32>(to) + 1);
    if (before == NONE) {
      add(x, a.scratch, sums + (after as usize) * stride, a.dim);
    } else {
      const from = counts + (before << 2);
      store<u32>(from, load<u32>(from) - 1);
      move(
        x,
        a.scratch,
        sums + (before as usize) * stride,
        sums + (after as usize) * stride,
        a.dim,
      );
    }
  }
  return changed;
}

/** to += x - origin. The others than x are padded. */
function add(x: usize, origin: usize, to: usize, dim: u32): void {
  const whole = x + (((dim & ~3) as usize) << 2);
  while (x != whole) {
    v128.store(to, f32x4.add(v128.load(to), f32x4.sub(v128.load(x), v128.load(origin))));
    x += 16, origin += 16, to += 16;
  }
  if (dim & 3) {
    const v = f32x4.sub(loadFew(x, dim & 3), v128.load(origin));
    v128.store(to, f32x4.add(v128.load(to), v));
  }
}

/** from -= x - origin, to += x - origin. */
function move(x: usize, origin: usize, from: usize, to: usize, dim: u32): void {
  const whole = x + (((dim & ~3) as usize) << 2);
  while (x != whole) {
    const v = f32x4.sub(v128.load(x), v128.load(origin));
    v128.store(from, f32x4.sub(v128.load(from), v));
    v128.store(to, f32x4.add(v128.load(to), v));
    x += 16, origin += 16, from += 16, to += 16;
  }
  if (dim & 3) {
    const v = f32x4.sub(loadFew(x, dim & 3), v128.load(origin));
    v128.store(from, f32x4.sub(v128.load(from), v));
    v128.store(to, f32x4.add(v128.load(to), v));
  }
}

function reset(best: usize): void {
  v128.store(best, f32x4.splat(-Infinity));
  v128.store(best, i32x4.splat(0), 16);
  v128.store(best, f32x4.splat(-Infinity), 32);
  v128.store(best, i32x4.splat(0), 48);
}

/** Few dimensions: points in the lanes, 8 at a time. */
function bestNarrow(a: KmeansAssignArgs, x: usize, count: u32, work: usize): void {
  const panel = work + BEST, best = work + LABELS;
  transpose8(x, count, a.dim, panel);
  reset(best);
  const stride = strideOf(a.dim);
  const halves = halvesOf(a);
  let c = relativeOf(a);
  for (let j: u32 = 0; j < a.k; j += 4) {
    const h = halves + (j << 2);
    if (a.k - j > 2) narrow8x4(panel, c, a.dim, h, j, best);
    else narrow8x2(panel, c, a.dim, h, j, best);
    c += 4 * stride;
  }
  v128.store(work, v128.load(best, 16));
  v128.store(work, v128.load(best, 48), 16);
}

/** Many dimensions: they are in the lanes; 6 points at a time. */
function bestWide(a: KmeansAssignArgs, x: usize, count: u32, work: usize): void {
  const best = work + LABELS;
  const row = a.dim << 2, stride = strideOf(a.dim);
  const last = x + ((count - 1) as usize) * row;
  const x1 = min(x + row, last), x2 = min(x1 + row, last), x3 = min(x2 + row, last);
  const x4 = min(x3 + row, last), x5 = min(x4 + row, last);
  let c = relativeOf(a), h = halvesOf(a);
  reset(best);
  for (let j: u32 = 0; j < a.k; j += 2) {
    wide6x2(x, x1, x2, x3, x4, x5, c, stride, a.dim, h, j, best);
    c += 2 * stride;
    h += 8;
  }
  v128.store(work, v128.load(best, 16));
  v128.store(work, v128.load(best, 48), 16);
}
