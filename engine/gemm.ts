// The matrix product c = a b that the dense layer's kernels share: a is rows x depth, b is
// depth x columns, in any storage order, packed first into panels that the inner loop reads in
// sequence (Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008).
//
// Panel of a: 12 rows, stored [depth][12]. Panel of b: 8 columns, stored [depth][8]. Edges are
// padded with zeros. 12 rows are two tiles of 6 or three of 4, so the layout does not depend on
// the tile. Each element of c is one chain of multiply-adds over the depth, in order, whatever the
// tile and the blocks: all of them give the same bits.

import { madd } from "./simd";

/** Rows of a panel of a. */
const ROWS: u32 = 12;
/** Columns of a panel of b. */
const COLUMNS: u32 = 8;
const A_STEP: usize = 48;
const B_STEP: usize = 32;

/** Panels of an item: 48 rows by 32 columns of c. */
const ITEM_A: u32 = 4;
const ITEM_B: u32 = 4;

/** Longest stretch of depth in one go: a panel of b and half a panel of a fit the L1 cache. */
const DEPTH: u32 = 800;

/** Bytes of an item's spare tile, where tiles that hang over an edge of c are computed. */
const SPARE: usize = 192;

/** Tiles: 6x8; 4x8; 4x8 with one load of a and shuffles. */
const TILE_6X8: i32 = 0;
const TILE_4X8: i32 = 1;
const TILE_4X8_SHUFFLE: i32 = 2;

let tile: i32 = TILE_6X8;

/** Chooses the inner loop: speed only, the bits are the same. Per instance of the module. */
export function set_tile(choice: i32): void {
  tile = choice;
}

function ceilDiv(a: u32, b: u32): u32 {
  return (a + b - 1) / b;
}

function align(bytes: usize): usize {
  return (bytes + 63) & ~63;
}

/** First panel of part `i` when `panels` are divided evenly into `parts`. */
function share(i: u32, panels: u32, parts: u32): u32 {
  return (((i as u64) * panels) / parts) as u32;
}

/** Where the panels of b begin. */
function panelsOfB(scratch: usize, rows: u32, depth: u32): usize {
  return scratch + align((ceilDiv(rows, ROWS) as usize) * depth * A_STEP);
}

/** Number of panels of a: the first items of the packing stage. */
export function countOfA(rows: u32): u32 {
  return ceilDiv(rows, ROWS);
}

/** Packs panel `i` of a from rows of `depth` elements: a transposition. */
export function packRowsA(scratch: usize, i: u32, source: usize, rows: u32, depth: u32): void {
  const first = i * ROWS;
  const from = source + (((first as usize) * depth) << 2);
  packRows(from, depth, min(rows - first, ROWS), scratch + (i as usize) * depth * A_STEP, A_STEP);
}

/** Packs panel `i` of a, stored as a^T with rows of `rows` elements: a copy. */
export function packColumnsA(scratch: usize, i: u32, source: usize, rows: u32, depth: u32): void {
  const first = i * ROWS;
  const to = scratch + (i as usize) * depth * A_STEP;
  packColumns(source + (first << 2), rows, min(rows - first, ROWS), depth, to, A_STEP);
}

/** Packs panel `i` of b, stored as b^T with rows of `depth` elements: a transposition. */
export function packRowsB(
  scratch: usize,
  i: u32,
  source: usize,
  rows: u32,
  columns: u32,
  depth: u32,
): void {
  const first = i * COLUMNS;
  const from = source + (((first as usize) * depth) << 2);
  const to = panelsOfB(scratch, rows, depth) + (i as usize) * depth * B_STEP;
  packRows(from, depth, min(columns - first, COLUMNS), to, B_STEP);
}

/** Packs panel `i` of b from rows of `columns` elements: a copy. */
export function packColumnsB(
  scratch: usize,
  i: u32,
  source: usize,
  rows: u32,
  columns: u32,
  depth: u32,
): void {
  const first = i * COLUMNS;
  const to = panelsOfB(scratch, rows, depth) + (i as usize) * depth * B_STEP;
  packColumns(source + (first << 2), columns, min(columns - first, COLUMNS), depth, to, B_STEP);
}

/** to[p][r] = from[r][p] for `count` rows of `depth` elements; zeros for the rows up to the step. */
function packRows(from: usize, depth: u32, count: u32, to: usize, step: usize): void {
  const row = (depth as usize) << 2;
  const quads = (step >> 4) as u32;
  for (let q: u32 = 0; q < quads; q++) {
    const source = from + (q as usize) * 4 * row;
    if (count >= 4 * q + 4) packFour(source, row, depth, to + (q << 4), step);
    else packFew(source, row, depth, count > 4 * q ? count - 4 * q : 0, to + (q << 4), step);
  }
}

/** Four whole rows: transposes squares of 4 x 4. */
function packFour(from: usize, row: usize, depth: u32, to: usize, step: usize): void {
  const whole = from + (((depth & ~3) as usize) << 2);
  const end = from + ((depth as usize) << 2);
  for (; from < whole; from += 16) {
    const r0 = v128.load(from), r1 = v128.load(from + row);
    const r2 = v128.load(from + 2 * row), r3 = v128.load(from + 3 * row);
    const a = i32x4.shuffle(r0, r1, 0, 4, 1, 5), b = i32x4.shuffle(r2, r3, 0, 4, 1, 5);
    const c = i32x4.shuffle(r0, r1, 2, 6, 3, 7), d = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
    v128.store(to, i64x2.shuffle(a, b, 0, 2));
    v128.store(to + step, i64x2.shuffle(a, b, 1, 3));
    v128.store(to + 2 * step, i64x2.shuffle(c, d, 0, 2));
    v128.store(to + 3 * step, i64x2.shuffle(c, d, 1, 3));
    to += 4 * step;
  }
  for (; from < end; from += 4) {
    store<f32>(to, load<f32>(from), 0);
    store<f32>(to, load<f32>(from + row), 4);
    store<f32>(to, load<f32>(from + 2 * row), 8);
    store<f32>(to, load<f32>(from + 3 * row), 12);
    to += step;
  }
}

/** Fewer than four rows, the others zero. */
function packFew(from: usize, row: usize, depth: u32, count: u32, to: usize, step: usize): void {
  for (let p: u32 = 0; p < depth; p++) {
    v128.store(to, i32x4.splat(0));
    for (let r: u32 = 0; r < count; r++) {
      store<f32>(to + (r << 2), load<f32>(from + (r as usize) * row));
    }
    from += 4;
    to += step;
  }
}

/** to[p][r] = from[p][r] for `count` columns out of rows of `width`; zeros up to the step. */
function packColumns(
  from: usize,
  width: u32,
  count: u32,
  depth: u32,
  to: usize,
  step: usize,
): void {
  const row = (width as usize) << 2;
  const end = to + (depth as usize) * step;
  if (((count << 2) as usize) < step) {
    for (; to < end; to += step) {
      for (let r: usize = 0; r < step; r += 16) v128.store(to + r, i32x4.splat(0));
      for (let r: u32 = 0; r < count; r++) store<f32>(to + (r << 2), load<f32>(from + (r << 2)));
      from += row;
    }
  } else if (step == A_STEP) {
    for (; to < end; to += A_STEP) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      v128.store(to, v128.load(from, 32), 32);
      from += row;
    }
  } else {
    for (; to < end; to += B_STEP) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += row;
    }
  }
}

/** The rectangle of c that an item computes. */
export function firstRow(item: u32, rows: u32): u32 {
  const panels = ceilDiv(rows, ROWS), parts = ceilDiv(panels, ITEM_A);
  return share(item % parts, panels, parts) * ROWS;
}

/** One past the item's last row. */
export function lastRow(item: u32, rows: u32): u32 {
  const panels = ceilDiv(rows, ROWS), parts = ceilDiv(panels, ITEM_A);
  return min(share(item % parts + 1, panels, parts) * ROWS, rows);
}

/** The item's first column. */
export function firstColumn(item: u32, rows: u32, columns: u32): u32 {
  const panels = ceilDiv(columns, COLUMNS), parts = ceilDiv(panels, ITEM_B);
  return share(item / ceilDiv(ceilDiv(rows, ROWS), ITEM_A), panels, parts) * COLUMNS;
}

/** One past the item's last column. */
export function lastColumn(item: u32, rows: u32, columns: u32): u32 {
  const panels = ceilDiv(columns, COLUMNS), parts = ceilDiv(panels, ITEM_B);
  const next = item / ceilDiv(ceilDiv(rows, ROWS), ITEM_A) + 1;
  return min(share(next, panels, parts) * COLUMNS, columns);
}

/** Computes an item's rectangle of c from the packed panels. */
export function multiply(
  item: u32,
  scratch: usize,
  rows: u32,
  columns: u32,
  depth: u32,
  c: usize,
): void {
  const b = panelsOfB(scratch, rows, depth);
  const spare = b + align((ceilDiv(columns, COLUMNS) as usize) * depth * B_STEP) +
    (item as usize) * SPARE;
  const row0 = firstRow(item, rows), row1 = lastRow(item, rows);
  const column0 = firstColumn(item, rows, columns), column1 = lastColumn(item, rows, columns);
  const stretches = ceilDiv(depth, DEPTH);
  for (let s: u32 = 0; s < stretches; s++) {
    const from = share(s, depth, stretches);
    const length = share(s + 1, depth, stretches) - from;
    for (let j = column0; j < column1; j += COLUMNS) {
      const panelB = b + (((j / COLUMNS) as usize) * depth + from) * B_STEP;
      for (let i = row0; i < row1; i += ROWS) {
        const panelA = scratch + (((i / ROWS) as usize) * depth + from) * A_STEP;
        const to = c + (((i as usize) * columns + j) << 2);
        panel(
          panelA,
          panelB,
          length,
          to,
          columns << 2,
          min(row1 - i, ROWS),
          min(column1 - j, COLUMNS),
          s > 0,
          spare,
        );
      }
    }
  }
}

/** Panel of a times panel of b, tile by tile; `resume` goes on from the sums in c. */
function panel(
  a: usize,
  b: usize,
  depth: u32,
  c: usize,
  row: usize,
  rows: u32,
  columns: u32,
  resume: bool,
  spare: usize,
): void {
  for (let i: u32 = 0; i < rows;) {
    const height: u32 = tile == TILE_6X8 && rows - i > 4 ? 6 : 4;
    const valid = min(rows - i, height);
    const whole = valid == height && columns == COLUMNS;
    const to = whole ? c : spare;
    const step = whole ? row : B_STEP;
    if (!whole && resume) copyTile(c, row, spare, B_STEP, valid, columns);
    if (height == 6) tile6x8(a, b, depth, to, step, resume);
    else if (tile == TILE_4X8_SHUFFLE) tile4x8Shuffle(a, b, depth, to, step, resume);
    else tile4x8(a, b, depth, to, step, resume);
    if (!whole) copyTile(spare, B_STEP, c, row, valid, columns);
    a += (height as usize) << 2;
    c += (height as usize) * row;
    i += height;
  }
}

function copyTile(
  from: usize,
  fromRow: usize,
  to: usize,
  toRow: usize,
  rows: u32,
  columns: u32,
): void {
  for (let i: u32 = 0; i < rows; i++) {
    for (let j: u32 = 0; j < columns; j++) {
      store<f32>(to + (j << 2), load<f32>(from + (j << 2)));
    }
    from += fromRow;
    to += toRow;
  }
}

/** 12 sums, 2 of b, 1 of a: all the registers that V8 has. */
function tile6x8(a: usize, b: usize, depth: u32, c: usize, row: usize, resume: bool): void {
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00;
  let s30 = s00, s31 = s00, s40 = s00, s41 = s00, s50 = s00, s51 = s00;
  const c2 = c + 2 * row, c4 = c + 4 * row;
  if (resume) {
    s00 = v128.load(c), s01 = v128.load(c, 16);
    s10 = v128.load(c + row), s11 = v128.load(c + row, 16);
    s20 = v128.load(c2), s21 = v128.load(c2, 16);
    s30 = v128.load(c2 + row), s31 = v128.load(c2 + row, 16);
    s40 = v128.load(c4), s41 = v128.load(c4, 16);
    s50 = v128.load(c4 + row), s51 = v128.load(c4 + row, 16);
  }
  const end = b + (depth as usize) * B_STEP;
  while (b != end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    s00 = madd(x, b0, s00);
    s01 = madd(x, b1, s01);
    x = v128.load32_splat(a, 4);
    s10 = madd(x, b0, s10);
    s11 = madd(x, b1, s11);
    x = v128.load32_splat(a, 8);
    s20 = madd(x, b0, s20);
    s21 = madd(x, b1, s21);
    x = v128.load32_splat(a, 12);
    s30 = madd(x, b0, s30);
    s31 = madd(x, b1, s31);
    x = v128.load32_splat(a, 16);
    s40 = madd(x, b0, s40);
    s41 = madd(x, b1, s41);
    x = v128.load32_splat(a, 20);
    s50 = madd(x, b0, s50);
    s51 = madd(x, b1, s51);
    a += A_STEP;
    b += B_STEP;
  }
  v128.store(c, s00), v128.store(c, s01, 16);
  v128.store(c + row, s10), v128.store(c + row, s11, 16);
  v128.store(c2, s20), v128.store(c2, s21, 16);
  v128.store(c2 + row, s30), v128.store(c2 + row, s31, 16);
  v128.store(c4, s40), v128.store(c4, s41, 16);
  v128.store(c4 + row, s50), v128.store(c4 + row, s51, 16);
}

function tile4x8(a: usize, b: usize, depth: u32, c: usize, row: usize, resume: bool): void {
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00;
  let s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  const c2 = c + 2 * row;
  if (resume) {
    s00 = v128.load(c), s01 = v128.load(c, 16);
    s10 = v128.load(c + row), s11 = v128.load(c + row, 16);
    s20 = v128.load(c2), s21 = v128.load(c2, 16);
    s30 = v128.load(c2 + row), s31 = v128.load(c2 + row, 16);
  }
  const end = b + (depth as usize) * B_STEP;
  while (b != end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    s00 = madd(x, b0, s00);
    s01 = madd(x, b1, s01);
    x = v128.load32_splat(a, 4);
    s10 = madd(x, b0, s10);
    s11 = madd(x, b1, s11);
    x = v128.load32_splat(a, 8);
    s20 = madd(x, b0, s20);
    s21 = madd(x, b1, s21);
    x = v128.load32_splat(a, 12);
    s30 = madd(x, b0, s30);
    s31 = madd(x, b1, s31);
    a += A_STEP;
    b += B_STEP;
  }
  v128.store(c, s00), v128.store(c, s01, 16);
  v128.store(c + row, s10), v128.store(c + row, s11, 16);
  v128.store(c2, s20), v128.store(c2, s21, 16);
  v128.store(c2 + row, s30), v128.store(c2 + row, s31, 16);
}

/** Fewer loads: wins where every access is checked against the end of memory (Deno). */
function tile4x8Shuffle(a: usize, b: usize, depth: u32, c: usize, row: usize, resume: bool): void {
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00;
  let s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  const c2 = c + 2 * row;
  if (resume) {
    s00 = v128.load(c), s01 = v128.load(c, 16);
    s10 = v128.load(c + row), s11 = v128.load(c + row, 16);
    s20 = v128.load(c2), s21 = v128.load(c2, 16);
    s30 = v128.load(c2 + row), s31 = v128.load(c2 + row, 16);
  }
  const end = b + (depth as usize) * B_STEP;
  while (b != end) {
    const x = v128.load(a);
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let r = i32x4.shuffle(x, x, 0, 0, 0, 0);
    s00 = madd(r, b0, s00);
    s01 = madd(r, b1, s01);
    r = i32x4.shuffle(x, x, 1, 1, 1, 1);
    s10 = madd(r, b0, s10);
    s11 = madd(r, b1, s11);
    r = i32x4.shuffle(x, x, 2, 2, 2, 2);
    s20 = madd(r, b0, s20);
    s21 = madd(r, b1, s21);
    r = i32x4.shuffle(x, x, 3, 3, 3, 3);
    s30 = madd(r, b0, s30);
    s31 = madd(r, b1, s31);
    a += A_STEP;
    b += B_STEP;
  }
  v128.store(c, s00), v128.store(c, s01, 16);
  v128.store(c + row, s10), v128.store(c + row, s11, 16);
  v128.store(c2, s20), v128.store(c2, s21, 16);
  v128.store(c2 + row, s30), v128.store(c2 + row, s31, 16);
}

/**
 * One tile's inner loop, for the host to time: `turns` products of a panel of a with one of b,
 * both `depth` deep, in `memory` (80 * depth + 192 bytes).
 */
export function probe_tile(choice: i32, turns: u32, memory: usize, depth: u32): void {
  const b = memory + (depth as usize) * A_STEP;
  const c = b + (depth as usize) * B_STEP;
  const before = tile;
  tile = choice;
  for (let i: u32 = 0; i < turns; i++) panel(memory, b, depth, c, B_STEP, ROWS, COLUMNS, false, c);
  tile = before;
}
