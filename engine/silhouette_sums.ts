// total[c, p] += sums of ||y_p - y_q|| over the points q of cluster c, for a strip of pairs. A
// distance serves both its points: a tile is 8 points of the strip, in the lanes, by 4 others, and
// its sums go to both. Sums of a strip's points by segment are kept apart, for segments are divided
// among workers, and added up in order.

import { madd } from "./simd";

@unmanaged
class SilhouetteSumsArgs {
  y: usize;
  begin: usize;
  cluster: usize;
  total: usize;
  n: u32;
  dim: u32;
  segments: u32;
  count: u32;
  segment: u32;
  scratch: usize;
}

const PANEL: u32 = 8;

/** Rows of an item of the main part. */
const ROWS: u32 = 32;

/** Bytes of an item beside its sums: 128 of a tile, 64 of the sums of columns. */
const TILE: usize = 256;
const COLUMNS: usize = 128;

/** Numbers of the panels that meet the same four points in turn, and stay in the L2 cache. */
const NEAR: u32 = 32_768;

function beginOf(a: SilhouetteSumsArgs, segment: u32): u32 {
  return load<u32>(a.begin + (segment << 2));
}

function panelOf(a: SilhouetteSumsArgs, i: u32): usize {
  return a.y + ((((i / PANEL) * a.dim) as usize) << 5);
}

/** Where the sums over points of a segment's cluster lie. */
function totalOf(a: SilhouetteSumsArgs, segment: u32): usize {
  const width = (a.n + PANEL - 1) & ~(PANEL - 1);
  return a.total + (((load<u32>(a.cluster + (segment << 2)) * width) as usize) << 2);
}

function partOf(a: SilhouetteSumsArgs, segment: u32): usize {
  return a.scratch + (segment as usize) * (((a.count as usize) << 2) + TILE);
}

/** An item is a segment that meets the strip. */
export function silhouette_sums_tiles(args: usize, begin: u32, end: u32): void {
  const a = changetype<SilhouetteSumsArgs>(args);
  const first = beginOf(a, a.segment), stop = min(first + a.count, a.n);
  const most = max(1, NEAR / (a.dim * PANEL)) * PANEL;
  for (let s = max(begin, a.segment); s < end; s++) {
    const part = partOf(a, s);
    memory.fill(part, 0, ((stop - first) as usize) << 2);
    for (let r = a.segment; r < a.segments && beginOf(a, r) < stop; r++) {
      const last = beginOf(a, r + 1);
      for (let i = beginOf(a, r); i < last;) {
        const next = min((i & ~(PANEL - 1)) + most, last);
        meet(a, s, r, i, next, part - ((first as usize) << 2), stop);
        i = next;
      }
    }
  }
}

/** Points `i` to `next - 1` of segment r meet segment s; their sums lie at `part`. */
function meet(
  a: SilhouetteSumsArgs,
  s: u32,
  r: u32,
  i: u32,
  next: u32,
  part: usize,
  stop: u32,
): void {
  const from = beginOf(a, s), to = beginOf(a, s + 1);
  const total = totalOf(a, r);
  const tile = part + (((beginOf(a, a.segment) + a.count) as usize) << 2);
  const whole = min((i + PANEL - 1) & ~(PANEL - 1), next), end = max(next & ~(PANEL - 1), whole);
  for (let j = from & ~3; j < to; j += 4) {
    const y = panelOf(a, j) + ((j & 4) << 2);
    const low = max(j, from) - j, high = min(j + 4, to) - j;
    memory.fill(tile + COLUMNS, 0, 64);
    if (low == 0 && high == 4) {
      border(a, i, whole, y, 0, 4, part, tile);
      sweep(
        panelOf(a, whole),
        (end - whole) / PANEL,
        y,
        a.dim,
        part + (whole << 2),
        tile + COLUMNS,
      );
      border(a, end, next, y, 0, 4, part, tile);
    } else {
      border(a, i, next, y, low, high, part, tile);
    }
    if (from >= stop) addColumns(tile + COLUMNS, total + (j << 2), low, high);
  }
}

/** Distances of whole panels to four points: adds to the sums of both. */
function sweep(x: usize, panels: u32, y: usize, dim: u32, part: usize, columns: usize): void {
  let c0 = v128.load(columns), c1 = v128.load(columns, 16);
  let c2 = v128.load(columns, 32), c3 = v128.load(columns, 48);
  const bytes = (dim as usize) << 5;
  for (; panels > 0; panels--) {
    let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00;
    let s20 = s00, s21 = s00, s30 = s00, s31 = s00;
    const end = x + bytes;
    let at = y;
    while (x != end) {
      const x0 = v128.load(x), x1 = v128.load(x, 16);
      const four = v128.load(at);
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
      at += 32;
    }
    s00 = f32x4.sqrt(s00), s01 = f32x4.sqrt(s01), s10 = f32x4.sqrt(s10), s11 = f32x4.sqrt(s11);
    s20 = f32x4.sqrt(s20), s21 = f32x4.sqrt(s21), s30 = f32x4.sqrt(s30), s31 = f32x4.sqrt(s31);
    c0 = f32x4.add(c0, f32x4.add(s00, s01));
    c1 = f32x4.add(c1, f32x4.add(s10, s11));
    c2 = f32x4.add(c2, f32x4.add(s20, s21));
    c3 = f32x4.add(c3, f32x4.add(s30, s31));
    s00 = f32x4.add(f32x4.add(s00, s10), f32x4.add(s20, s30));
    s01 = f32x4.add(f32x4.add(s01, s11), f32x4.add(s21, s31));
    v128.store(part, f32x4.add(v128.load(part), s00));
    v128.store(part, f32x4.add(v128.load(part, 16), s01), 16);
    part += 32;
  }
  v128.store(columns, c0);
  v128.store(columns, c1, 16);
  v128.store(columns, c2, 32);
  v128.store(columns, c3, 48);
}

/** The same for points `i` to `end - 1`, which may be parts of panels, and some of the four. */
function border(
  a: SilhouetteSumsArgs,
  i: u32,
  end: u32,
  y: usize,
  low: u32,
  high: u32,
  part: usize,
  tile: usize,
): void {
  while (i < end) {
    const next = min((i & ~(PANEL - 1)) + PANEL, end);
    distances(panelOf(a, i), y, a.dim, tile);
    for (let j = low; j < high; j++) {
      let sum: f32 = 0;
      for (let p = i; p < next; p++) {
        const d = load<f32>(tile + (j << 5) + ((p & (PANEL - 1)) << 2));
        const to = part + (p << 2);
        store<f32>(to, load<f32>(to) + d);
        sum += d;
      }
      const column = tile + COLUMNS + (j << 4);
      store<f32>(column, load<f32>(column) + sum);
    }
    i = next;
  }
}

/** Writes the distances of a panel to four points, 8 for each of them. */
function distances(x: usize, y: usize, dim: u32, tile: usize): void {
  for (let j: u32 = 0; j < 4; j++) {
    let s0 = f32x4.splat(0), s1 = s0;
    for (let d: u32 = 0; d < dim; d++) {
      const at = (d as usize) << 5;
      const one = v128.load32_splat(y + at + (j << 2));
      const d0 = f32x4.sub(v128.load(x + at), one), d1 = f32x4.sub(v128.load(x + at, 16), one);
      s0 = madd(d0, d0, s0);
      s1 = madd(d1, d1, s1);
    }
    v128.store(tile + (j << 5), f32x4.sqrt(s0));
    v128.store(tile + (j << 5), f32x4.sqrt(s1), 16);
  }
}

/** Adds the sums of columns `low` to `high - 1`; the others belong to another item. */
function addColumns(columns: usize, total: usize, low: u32, high: u32): void {
  for (let j = low; j < high; j++) {
    const four = v128.load(columns + (j << 4));
    const two = f32x4.add(four, i32x4.shuffle(four, four, 2, 3, 0, 1));
    const sum = f32x4.extract_lane(two, 0) + f32x4.extract_lane(two, 1);
    store<f32>(total + (j << 2), load<f32>(total + (j << 2)) + sum);
  }
}

/** An item is 32 points of the strip: the sums over segments join those over clusters. */
export function silhouette_sums(args: usize, begin: u32, end: u32): void {
  const a = changetype<SilhouetteSumsArgs>(args);
  const first = beginOf(a, a.segment), stop = min(first + a.count, a.n);
  for (let i = begin * ROWS; i < end * ROWS && first + i < stop; i += 4) {
    const few = stop - first - i;
    for (let s = a.segment; s < a.segments;) {
      const total = totalOf(a, s) + ((first + i) << 2);
      let sum = f32x4.splat(0);
      do {
        sum = f32x4.add(sum, v128.load(partOf(a, s) + (i << 2)));
        s++;
      } while (s < a.segments && totalOf(a, s) == totalOf(a, s - 1));
      if (few >= 4) {
        v128.store(total, f32x4.add(v128.load(total), sum));
        continue;
      }
      store<f32>(total, load<f32>(total) + f32x4.extract_lane(sum, 0));
      if (few > 1) store<f32>(total, load<f32>(total, 4) + f32x4.extract_lane(sum, 1), 4);
      if (few > 2) store<f32>(total, load<f32>(total, 8) + f32x4.extract_lane(sum, 2), 8);
    }
  }
}
