// label_i = arg min_j ||x_i - c_j||^2, and by block of rows: sums of x_i - c_label, counts, inertia
// and the number of changed labels. x is read once: a few rows are assigned, then added while they
// are still in the cache.
//
// The arg min is taken of ||x - c_j||^2 - ||x - c_0||^2 = -2 (x (c_j - c_0) + h_j) with
// h_j = (||c_0||^2 - ||c_j||^2) / 2. Centres relative to c_0 keep cancellation small where the data
// lie far from the origin. The reported distance is that of direct differences.

import { narrow8x2, narrow8x4, wide6x2 } from "./kmeans_tiles";
import { transpose8 } from "./panels";
import { loadFew, strideOf, sum } from "./rows";
import { madd } from "./simd";

@unmanaged
class KmeansAssignArgs {
  x: usize;
  centres: usize;
  status: usize;
  label: usize;
  distance: usize;
  sums: usize;
  counts: usize;
  totals: usize;
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

/** Centres with c_0 subtracted: four side by side if narrow, else in rows. */
function relativeOf(a: KmeansAssignArgs): usize {
  return a.scratch + (a.k as usize) * strideOf(a.dim);
}

function halvesOf(a: KmeansAssignArgs): usize {
  return relativeOf(a) + (((a.k + 3) & ~3) as usize) * strideOf(a.dim);
}

/** Working memory of one block: transposed points, best scores and labels. */
function workOf(a: KmeansAssignArgs, block: u32): usize {
  const bytes = BEST + (a.dim < WIDE ? (NARROW as usize) * strideOf(a.dim) : 0);
  return halvesOf(a) + (((a.k + 3) & ~3) << 2) + (block as usize) * bytes;
}

/** Copies the centres into padded rows and packs them relative to the first; one item. */
export function kmeans_assign_pack(args: usize, begin: u32, end: u32): void {
  const a = changetype<KmeansAssignArgs>(args);
  if (load<u32>(a.status) != 0) return;
  const stride = strideOf(a.dim);
  const relative = relativeOf(a), halves = halvesOf(a);
  const padded = (a.k + 3) & ~3;
  memory.fill(a.scratch, 0, halves - a.scratch);
  for (let j: u32 = 0; j < padded; j++) {
    // Never the best.
    let half = -Infinity as f32;
    if (j < a.k) {
      const row = a.scratch + (j as usize) * stride;
      const c = a.centres + (((j as usize) * a.dim) << 2);
      memory.copy(row, c, a.dim << 2);
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
  for (let block = begin; block < end; block++) assignBlock(a, block);
}

function assignBlock(a: KmeansAssignArgs, block: u32): void {
  const stride = strideOf(a.dim);
  const blockSums = a.sums + (block as usize) * a.k * stride;
  const blockCounts = a.counts + (((block as usize) * a.k) << 2);
  memory.fill(blockSums, 0, (a.k as usize) * stride);
  memory.fill(blockCounts, 0, a.k << 2);
  const work = workOf(a, block);
  const to = min((block + 1) * a.rows, a.n);
  let inertia: f64 = 0;
  let changed: u32 = 0;
  const group = a.dim < WIDE ? NARROW : TILE;
  for (let i = block * a.rows; i < to; i += group) {
    const count = min(group, to - i);
    let x = a.x + (((i as usize) * a.dim) << 2);
    if (a.dim < WIDE) bestNarrow(a, x, count, work);
    else bestWide(a, x, count, work);
    for (let r: u32 = 0; r < count; r++) {
      const label = load<u32>(work + (r << 2));
      const at = (i + r) << 2;
      changed += u32(load<u32>(a.label + at) != label);
      store<u32>(a.label + at, label);
      const row = (label as usize) * stride;
      const distance = add(x, a.scratch + row, blockSums + row, a.dim);
      store<f32>(a.distance + at, distance);
      inertia += distance;
      const counter = blockCounts + (label << 2);
      store<u32>(counter, load<u32>(counter) + 1);
      x += a.dim << 2;
    }
  }
  store<f32>(a.totals + (block << 3), inertia as f32);
  store<f32>(a.totals + (block << 3), changed as f32, 4);
}

/** s += x - c; returns ||x - c||^2. c and s are padded. */
function add(x: usize, c: usize, s: usize, dim: u32): f32 {
  let square = f32x4.splat(0);
  const whole = x + (((dim & ~3) as usize) << 2);
  while (x != whole) {
    const v = f32x4.sub(v128.load(x), v128.load(c));
    square = madd(v, v, square);
    v128.store(s, f32x4.add(v128.load(s), v));
    x += 16;
    c += 16;
    s += 16;
  }
  if (dim & 3) {
    const v = f32x4.sub(loadFew(x, dim & 3), v128.load(c));
    square = madd(v, v, square);
    v128.store(s, f32x4.add(v128.load(s), v));
  }
  return sum(square);
}

function reset(best: usize, bytes: usize): void {
  for (let q: usize = 0; q < bytes; q += 32) {
    v128.store(best + q, f32x4.splat(-Infinity));
    v128.store(best + q, i32x4.splat(0), 16);
  }
}

/** Few dimensions: points in the lanes, 8 at a time. */
function bestNarrow(a: KmeansAssignArgs, x: usize, count: u32, work: usize): void {
  const panel = work + BEST, best = work + LABELS;
  transpose8(x, count, a.dim, panel);
  reset(best, 64);
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
  reset(best, 64);
  for (let j: u32 = 0; j < a.k; j += 2) {
    wide6x2(x, x1, x2, x3, x4, x5, c, stride, a.dim, h, j, best);
    c += 2 * stride;
    h += 8;
  }
  v128.store(work, v128.load(best, 16));
  v128.store(work, v128.load(best, 48), 16);
}
