// label_i = arg min_j ||x_i - c_j||^2, and by block of rows the sums of x_i - x_0 and the counts of
// each cluster, to which only points whose label changed are added and from which they are taken.
//
// A point is skipped while the travel of its centre is below its bound: a block lists the others and
// takes them 8 at a time. All is relative to x_0, so that data far from the origin lose no digits.

import { BEST, keep, LABEL, MARGIN, margins, reset, SQUARE } from "./kmeans_best";
import { rows2, rows4, rows5 } from "./kmeans_rows";
import { tile2, tile4, tile5 } from "./kmeans_tiles";
import { gather8From } from "./panels";
import { addFrom, moveFrom, squareOf, strideOf } from "./rows";

@unmanaged
class KmeansAssignArgs {
  x: usize;
  centres: usize;
  status: usize;
  label: usize;
  bound: usize;
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

/** From here on the dimensions lie in the lanes: copying a point costs more than adding up lanes. */
const WIDE: u32 = 64;

/** Bytes before the travels in `status`. */
const TRAVEL: usize = 8;

/** No label yet. */
const NONE: u32 = u32.MAX_VALUE;

/** Centres of the next tile: the widths are 5, 4 and 2, with as little padding as there can be. */
function widthOf(left: u32): u32 {
  if (left <= 2) return 2;
  return left == 3 || left == 4 || left == 6 || left == 8 ? 4 : 5;
}

// The scratch memory begins with x_0, max_j ||v_j||^2, the halves h_j = -||v_j||^2 / 2 and the tiles
// of v_j = c_j - x_0. Then each block has a part: what is best of a panel; the panel, or the scores
// of its points; and the list of rows.

function halvesOf(a: KmeansAssignArgs): usize {
  return a.scratch + strideOf(a.dim) + 16;
}

function tilesOf(a: KmeansAssignArgs): usize {
  return halvesOf(a) + strideOf(a.k + 4);
}

function workOf(a: KmeansAssignArgs, block: u32): usize {
  const bytes = listAt(a) + strideOf(a.rows);
  return tilesOf(a) + (a.k + 4) * strideOf(a.dim) + (block as usize) * bytes;
}

function listAt(a: KmeansAssignArgs): usize {
  return BEST + ((max(a.dim, a.k + 4) as usize) << 5);
}

/** Packs the centres relative to x_0; one item. */
export function kmeans_assign_pack(args: usize, begin: u32, end: u32): void {
  const a = changetype<KmeansAssignArgs>(args);
  if (load<f32>(a.status) != 0) return;
  const stride = strideOf(a.dim);
  memory.fill(a.scratch, 0, stride);
  memory.copy(a.scratch, a.x, a.dim << 2);
  memory.fill(tilesOf(a), 0, (a.k + 4) * stride);
  let tile = tilesOf(a), half = halvesOf(a);
  let largest: f64 = 1e-30;
  for (let j: u32 = 0; j < a.k;) {
    const width = widthOf(a.k - j);
    for (let q: u32 = 0; q < width; q++, half += 4) {
      // What is padding never is the best.
      store<f32>(half, -Infinity);
      if (j + q >= a.k) continue;
      const square = packCentre(a, j + q, tile, q, width);
      store<f32>(half, (-0.5 * square) as f32);
      largest = max(largest, square);
    }
    tile += width * stride;
    j += width;
  }
  store<f32>(halvesOf(a) - 16, largest as f32);
}

/** Stores v_j as number q of a tile, [dim][width] or [dim / 4][width][4]; returns its square. */
function packCentre(a: KmeansAssignArgs, j: u32, tile: usize, q: u32, width: u32): f64 {
  const c = a.centres + (((j as usize) * a.dim) << 2);
  const lanes: u32 = a.dim < WIDE ? 1 : 4;
  let square: f64 = 0;
  for (let d: u32 = 0; d < a.dim; d++) {
    const v = load<f32>(c + (d << 2)) - load<f32>(a.x + (d << 2));
    const lane = d & (lanes - 1);
    store<f32>(tile + (((d - lane) * width + q * lanes + lane) << 2), v);
    square += (v as f64) * v;
  }
  return square;
}

/** An item is a block of rows. */
export function kmeans_assign(args: usize, begin: u32, end: u32): void {
  const a = changetype<KmeansAssignArgs>(args);
  if (load<f32>(a.status) != 0) return;
  const fresh = load<f32>(a.status, 4) == 0;
  const largest = load<f32>(halvesOf(a) - 16);
  for (let block = begin; block < end; block++) {
    const best = workOf(a, block);
    const from = block * a.rows, to = min(from + a.rows, a.n);
    let list = best + listAt(a);
    if (fresh) start(a, block, from, to);
    let left = fresh
      ? listAll(from, to, list)
      : listActive(from, to, a.status + TRAVEL, a.label, a.bound, list);
    let changed: u32 = 0;
    while (left > 0) {
      const count = min(PANEL, left);
      reset(best);
      if (a.dim < WIDE) scorePanel(a, list, count, best);
      else scoreRows(a, list, count, best);
      loadSquares(a, list, count, best);
      margins(best, a.dim, largest);
      changed += settle(a, block, list, count, best);
      list += 32;
      left -= count;
    }
    store<u32>(a.changed + (block << 2), changed);
  }
}

/** Forgets what earlier runs left of a block; measures ||x_i - x_0||^2. */
function start(a: KmeansAssignArgs, block: u32, from: u32, to: u32): void {
  const bytes = (a.k as usize) * strideOf(a.dim);
  memory.fill(a.sums + (block as usize) * bytes, 0, bytes);
  memory.fill(a.counts + (((block as usize) * a.k) << 2), 0, a.k << 2);
  memory.fill(a.label + (from << 2), 0xff, (to - from) << 2);
  const row = (a.dim as usize) << 2;
  const square = a.bound + ((a.n as usize) << 2);
  for (let i = from; i < to; i++) {
    store<f32>(square + (i << 2), squareOf(a.x + (i as usize) * row, a.x, a.dim));
  }
}

/** The squares of listed points, for their margins. */
function loadSquares(a: KmeansAssignArgs, list: usize, count: u32, best: usize): void {
  const square = a.bound + ((a.n as usize) << 2);
  for (const end = best + (count << 2); best != end; best += 4, list += 4) {
    store<f32>(best, load<f32>(square + (load<u32>(list) << 2)), SQUARE);
  }
}

function listAll(from: u32, to: u32, list: usize): u32 {
  for (let i = from; i < to; i++) store<u32>(list + ((i - from) << 2), i);
  return to - from;
}

/** Lists the rows whose nearest centre may be another; returns how many. */
function listActive(
  from: u32,
  to: u32,
  travel: usize,
  label: usize,
  bound: usize,
  list: usize,
): u32 {
  let at = list;
  for (let i = from; i < to; i++) {
    store<u32>(at, i);
    const travelled = load<f32>(travel + (load<u32>(label + (i << 2)) << 2));
    // A bound that is NaN does not hold.
    at += usize(!(travelled < load<f32>(bound + (i << 2)))) << 2;
  }
  return ((at - list) >> 2) as u32;
}

/** The nearest centres of up to 8 listed points, with the points in the lanes. */
function scorePanel(a: KmeansAssignArgs, list: usize, count: u32, best: usize): void {
  const dim = a.dim, k = a.k, stride = strideOf(dim);
  const panel = best + BEST;
  gather8From(a.x, list, count, dim, a.scratch, panel);
  let h = halvesOf(a), c = tilesOf(a);
  for (let j: u32 = 0; j < k;) {
    const width = widthOf(k - j);
    if (width == 5) tile5(panel, c, dim, h, j, best);
    else if (width == 4) tile4(panel, c, dim, h, j, best);
    else tile2(panel, c, dim, h, j, best);
    c += width * stride;
    h += width << 2;
    j += width;
  }
}

/** The same with the dimensions in the lanes, two points at a time. */
function scoreRows(a: KmeansAssignArgs, list: usize, count: u32, best: usize): void {
  const dim = a.dim, k = a.k, stride = strideOf(dim);
  touch(a, list, count, best);
  let h = halvesOf(a), c = tilesOf(a), scores = best + BEST;
  for (let j: u32 = 0; j < k;) {
    const width = widthOf(k - j);
    for (let r: u32 = 0; r < count; r += 2) {
      const x = rowOf(a, list, r, count), y = rowOf(a, list, r + 1, count);
      const to = scores + (r << 2);
      if (width == 5) rows5(x, y, a.scratch, c, dim, h, to);
      else if (width == 4) rows4(x, y, a.scratch, c, dim, h, to);
      else rows2(x, y, a.scratch, c, dim, h, to);
    }
    for (const next = j + width; j < next; j++, scores += 32) {
      keep(best, v128.load(scores), j);
      keep(best + 16, v128.load(scores, 16), j);
    }
    c += width * stride;
    h += width << 2;
  }
}

/**
 * Reads one word of each cache line of up to 8 points, and puts their sum where the squares will be.
 * So many reads at once come at the full rate of the memory; the tiles would wait for each.
 */
function touch(a: KmeansAssignArgs, list: usize, count: u32, to: usize): void {
  let sum: u32 = 0;
  for (let r: u32 = 0; r < count; r++) {
    let x = rowOf(a, list, r, count);
    for (const end = x + ((a.dim as usize) << 2); x < end; x += 64) sum += load<u32>(x);
  }
  store<u32>(to, sum, SQUARE);
}

/** Listed row r; the last stands in for missing ones. */
function rowOf(a: KmeansAssignArgs, list: usize, r: u32, count: u32): usize {
  return a.x + (((load<u32>(list + (min(r, count - 1) << 2)) as usize) * a.dim) << 2);
}

/** Stores labels and bounds of listed rows and moves the points that changed; returns how many. */
function settle(a: KmeansAssignArgs, block: u32, list: usize, count: u32, best: usize): u32 {
  const labels = a.label, bounds = a.bound, travels = a.status + TRAVEL;
  let changed: u32 = 0;
  for (const end = best + (count << 2); best != end; best += 4, list += 4) {
    const i = load<u32>(list);
    const after = load<u32>(best, LABEL);
    const bound = load<f32>(travels + (after << 2)) + load<f32>(best, MARGIN);
    // Rounded down.
    store<f32>(bounds + (i << 2), bound - bound * <f32> 1.2e-7);
    const at = labels + (i << 2);
    const before = load<u32>(at);
    if (before == after) continue;
    changed++;
    store<u32>(at, after);
    relabel(a, block, i, before, after);
  }
  return changed;
}

/** Moves a point from one cluster to another. */
function relabel(a: KmeansAssignArgs, block: u32, i: u32, before: u32, after: u32): void {
  const stride = strideOf(a.dim);
  const sums = a.sums + (block as usize) * a.k * stride;
  const counts = a.counts + (((block as usize) * a.k) << 2);
  const x = a.x + (((i as usize) * a.dim) << 2);
  const to = counts + (after << 2);
  store<u32>(to, load<u32>(to) + 1);
  if (before == NONE) {
    addFrom(x, a.scratch, sums + (after as usize) * stride, a.dim);
    return;
  }
  const from = counts + (before << 2);
  store<u32>(from, load<u32>(from) - 1);
  const old = sums + (before as usize) * stride, now = sums + (after as usize) * stride;
  moveFrom(x, a.scratch, old, now, a.dim);
}
