// label_i = arg min_j ||x_i - c_j||^2, and by block of rows the sums of x_i - x_0 and the counts of
// each cluster, to which only points whose label changed are added and from which they are taken.
//
// The arg min is taken of ||x - c_j||^2 - ||x - c_0||^2 = -2 (x (c_j - c_0) + h_j) with
// h_j = (||c_0||^2 - ||c_j||^2) / 2. Centres relative to c_0 keep cancellation small where the data
// lie far from the origin.

import { tile2, tile4, tile5 } from "./kmeans_tiles";
import { loadFew, strideOf } from "./rows";

@unmanaged
class KmeansAssignArgs {
  x: usize;
  panels: usize;
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

/** Points of a panel. */
const PANEL: u32 = 8;

/** Bytes of the labels of a panel, and of them with the best scores and labels. */
const LABELS: usize = 32;
const WORK: usize = 96;

/** No label yet. */
const NONE: u32 = u32.MAX_VALUE;

/** Centres of the next tile: the widths are 5, 4 and 2, with as little padding as there can be. */
function widthOf(left: u32): u32 {
  if (left <= 2) return 2;
  return left == 3 || left == 4 || left == 6 || left == 8 ? 4 : 5;
}

/** The scratch memory begins with x_0 and the halves h_j; then come c_j - c_0, tile by tile. */
function halvesOf(a: KmeansAssignArgs): usize {
  return a.scratch + strideOf(a.dim);
}

function relativeOf(a: KmeansAssignArgs): usize {
  return halvesOf(a) + strideOf(a.k + 4);
}

/** Labels and best scores of the panel that a block is at. */
function workOf(a: KmeansAssignArgs, block: u32): usize {
  return relativeOf(a) + strideOf((a.k + 4) * a.dim) + (block as usize) * WORK;
}

/** Packs the centres relative to the first; one item. */
export function kmeans_assign_pack(args: usize, begin: u32, end: u32): void {
  const a = changetype<KmeansAssignArgs>(args);
  if (load<u32>(a.status) != 0) return;
  memory.fill(a.scratch, 0, strideOf(a.dim));
  memory.copy(a.scratch, a.x, a.dim << 2);
  const halves = halvesOf(a);
  let to = relativeOf(a);
  for (let j: u32 = 0; j < a.k;) {
    const width = widthOf(a.k - j);
    for (let q: u32 = 0; q < width; q++) {
      // What is padding never is the best.
      const half = j + q < a.k ? packCentre(a, j + q, to + (q << 2), width << 2) : -Infinity as f32;
      store<f32>(halves + ((j + q) << 2), half);
      if (j + q >= a.k) {
        for (let d: u32 = 0; d < a.dim; d++) store<f32>(to + ((d * width + q) << 2), 0);
      }
    }
    to += ((width * a.dim) as usize) << 2;
    j += width;
  }
}

/** Stores c_j - c_0 at every `step` bytes; returns h_j. */
function packCentre(a: KmeansAssignArgs, j: u32, to: usize, step: u32): f32 {
  let one = a.centres + (((j as usize) * a.dim) << 2), zero = a.centres;
  let dot: f64 = 0;
  const end = one + (a.dim << 2);
  for (; one < end; one += 4) {
    const c = load<f32>(one), c0 = load<f32>(zero);
    dot += ((c as f64) - c0) * ((c as f64) + c0);
    store<f32>(to, c - c0);
    to += step;
    zero += 4;
  }
  return (-0.5 * dot) as f32;
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
    let changed: u32 = 0;
    for (let i = block * a.rows; i < to; i += PANEL) {
      const count = min(PANEL, to - i);
      assignPanel(a, a.panels + ((((i / PANEL) as usize) * a.dim) << 5), work);
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
  if (count == PANEL) {
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

/** The nearest centres of a panel, to `work`. */
function assignPanel(a: KmeansAssignArgs, panel: usize, work: usize): void {
  const best = work + LABELS;
  reset(best);
  let h = halvesOf(a), c = relativeOf(a);
  for (let j: u32 = 0; j < a.k;) {
    const width = widthOf(a.k - j);
    if (width == 5) tile5(panel, c, a.dim, h, j, best);
    else if (width == 4) tile4(panel, c, a.dim, h, j, best);
    else tile2(panel, c, a.dim, h, j, best);
    c += ((width * a.dim) as usize) << 2;
    h += width << 2;
    j += width;
  }
  v128.store(work, v128.load(best, 16));
  v128.store(work, v128.load(best, 48), 16);
}
