// The matrix product c = a b that the dense layer's kernels share: a is rows x depth, b is
// depth x columns, in any storage order, packed first into panels that the inner loop reads in
// sequence (Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008), unless
// b can be read where it lies.
//
// Panel of a: 12 rows, stored [depth][12]. Panel of b: 8 columns, stored [depth][8]. Edges are
// padded with zeros. 12 rows are two tiles of 6 or three of 4, so the layout does not depend on
// the tile. Each element of c is one chain of multiply-adds over the depth, in order, whatever the
// tile and the blocks: all of them give the same bits.

import { packColumns, packRows } from "./gemm_pack";
import { A_STEP, tile12x4, tile4x8, tile6x8 } from "./gemm_tile";

/** Rows of a panel of a. */
const ROWS: u32 = 12;
/** Columns of a panel of b. */
const COLUMNS: u32 = 8;
const B_STEP: usize = 32;

/** Panels of an item: 48 rows by 32 columns of c. */
const ITEM_A: u32 = 4;
const ITEM_B: u32 = 4;

/** Longest stretch of depth in one go: panels of 48 and 32 KB; longer saves little traffic of c. */
const DEPTH: u32 = 1024;

/** Bytes of an item's spare tile, where tiles that hang over an edge of c are computed. */
const SPARE: usize = 192;

/** Rows of b this many columns long, or a multiple, share few sets of the caches. */
const ALIASING: u32 = 512;

/** Tiles: 0 is 6x8, 1 is 4x8, 2 is 4x8 with one load of a and shuffles. */
const TILE_6X8: i32 = 0;
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
export function share(i: u32, panels: u32, parts: u32): u32 {
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

/**
 * Whether the product reads panel `i` of b, stored in rows of `columns`, where it lies: as fast as
 * reading it packed, and saves the packing.
 */
export function readsInPlace(i: u32, columns: u32): bool {
  return columns % ALIASING != 0 && (i + 1) * COLUMNS <= columns;
}

/**
 * Computes an item's rectangle of c from the packed panels.
 *
 * @param inPlace b itself if it is stored in rows of `columns`, else 0
 */
export function multiply(
  item: u32,
  scratch: usize,
  rows: u32,
  columns: u32,
  depth: u32,
  c: usize,
  inPlace: usize,
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
    for (let i = row0; i < row1; i += ROWS) {
      const a = scratch + (((i / ROWS) as usize) * depth + from) * A_STEP;
      for (let j = column0; j < column1; j += COLUMNS) {
        const there = inPlace != 0 && readsInPlace(j / COLUMNS, columns);
        panel(
          a,
          there
            ? inPlace + (((from as usize) * columns + j) << 2)
            : b + (((j / COLUMNS) as usize) * depth + from) * B_STEP,
          there ? (columns as usize) << 2 : B_STEP,
          length,
          c + (((i as usize) * columns + j) << 2),
          (columns as usize) << 2,
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
export function panel(
  a: usize,
  b: usize,
  stepB: usize,
  depth: u32,
  c: usize,
  row: usize,
  rows: u32,
  columns: u32,
  resume: bool,
  spare: usize,
): void {
  if (columns * 2 <= COLUMNS && rows > 4) {
    const whole = rows == ROWS && columns * 2 == COLUMNS;
    if (!whole && resume) copyTile(c, row, spare, 16, rows, columns);
    tile12x4(a, b, stepB, depth, whole ? c : spare, whole ? row : 16, resume);
    if (!whole) copyTile(spare, 16, c, row, rows, columns);
    return;
  }
  for (let i: u32 = 0; i < rows;) {
    const height: u32 = tile == TILE_6X8 && rows - i > 4 ? 6 : 4;
    const valid = min(rows - i, height);
    const whole = valid == height && columns == COLUMNS;
    const to = whole ? c : spare;
    const step = whole ? row : B_STEP;
    if (!whole && resume) copyTile(c, row, spare, B_STEP, valid, columns);
    if (height == 6) tile6x8(a, b, stepB, depth, to, step, resume);
    else tile4x8(a, b, stepB, depth, to, step, resume, tile == TILE_4X8_SHUFFLE);
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
