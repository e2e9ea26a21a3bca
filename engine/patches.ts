// Patches: what the windows of a convolution show, as rows of a matrix that never exists as a
// whole. Row i is the patch of window i, in the order [kh][kw][c] of the weights; images are NHWC,
// so that a row of a window is one run of kw c numbers in memory. Panels of 12 patches are cut
// straight from the images; outside of an image lie zeros.
//
// Windows are counted by groups of 12 images, within a group by their places, and last by the images
// of a group: the windows of a panel lie at one place, and meet the edges of their images alike. So
// a panel has no elements where a window hangs over, but for the images of the last, smaller group.

import { packFour } from "./gemm_pack";
import { A_STEP } from "./gemm_tile";

/** Images, and a lattice of windows on each of them. */
@unmanaged
export class Patches {
  images: usize;
  /** Size of an image. */
  h: u32;
  w: u32;
  c: u32;
  /** Size of a window. */
  kh: u32;
  kw: u32;
  /** Windows of an image, and of all. */
  rows: u32;
  columns: u32;
  count: u32;
  /** From one window to the next, and the corner of the first, which may lie outside. */
  sy: u32;
  sx: u32;
  y0: i32;
  x0: i32;
  /** Images of a group: 12 where panels are packed, 1 where every window is read by itself. */
  group: u32;
}

/** One window. */
@unmanaged
export class Mark {
  /** Address of its corner, in or out of the image. */
  at: usize;
  /** Row of its corner. */
  y: i32;
  /** Which part of a row of the window lies in the image: elements [lo, hi). */
  lo: i32;
  hi: i32;
  image: u32;
  /** Place on the lattice. */
  row: u32;
  column: u32;
  unused: u32;
}

const MARK: usize = 32;

/** Windows that are marked at a time, those of an item. */
export const MARKS: u32 = 48;

/** Windows of a panel. */
export const PANEL: u32 = 12;

/** Longest piece of a run in one go: a piece of a panel stays in the L1 cache. */
const PIECE: u32 = 128;
const STAGE: usize = (PIECE << 2) as usize;

/** Where things lie in the room that packing needs. */
/** Zeros, PIECE of them. */
export const ZEROS: usize = (MARKS as usize) * MARK;
const STAGES: usize = ZEROS + STAGE;
/** Bytes of that room. */
export const ROOM: usize = STAGES + 4 * STAGE;

/** A row that no image has. */
const NOWHERE: i32 = i32.MIN_VALUE;

/** Clears what must be zero in the room. */
export function clearRoom(room: usize): void {
  for (let i = ZEROS; i < STAGES; i += 16) v128.store(room + i, i32x4.splat(0));
}

/** Mark `r` of the room. */
export function markOf(room: usize, r: u32): Mark {
  return changetype<Mark>(room + (r as usize) * MARK);
}

/** Whether window `first` and the 11 after it lie at one place of 12 images. */
export function atOnePlace(p: Patches, first: u32): bool {
  const area = p.rows * p.columns;
  return first + PANEL <= p.count / area / PANEL * PANEL * area;
}

/** Writes the marks of `count` windows from `first` on; past the last window, of nothing. */
export function markWindows(p: Patches, first: u32, count: u32, room: usize): void {
  const area = p.rows * p.columns;
  const images = p.count / area;
  // The first image of the group, and how many it has.
  let begin = first / (p.group * area) * p.group;
  let size = min(p.group, images - begin);
  let image = begin + (first - begin * area) % size;
  const place = (first - begin * area) / size;
  let row = place / p.columns, column = place % p.columns;
  for (let r: u32 = 0; r < count; r++) {
    const mark = markOf(room, r);
    if (first + r >= p.count) {
      mark.y = NOWHERE;
      continue;
    }
    const y = ((row * p.sy) as i32) + p.y0, x = ((column * p.sx) as i32) + p.x0;
    // Modulo 2^32: right also for negative corners.
    const corner = ((image * p.h + (y as u32)) * p.w + (x as u32)) * p.c;
    mark.at = p.images + (corner << 2);
    mark.y = y;
    mark.lo = max(-x, 0) * (p.c as i32);
    mark.hi = min(p.kw as i32, (p.w as i32) - x) * (p.c as i32);
    mark.image = image;
    mark.row = row;
    mark.column = column;
    if (++image < begin + size) continue;
    image = begin;
    if (++column < p.columns) continue;
    column = 0;
    if (++row < p.rows) continue;
    row = 0;
    begin = image = begin + size;
    size = min(p.group, images - begin);
  }
}

/**
 * Packs elements [from, to) of 12 patches into a panel of a, [depth][12].
 *
 * @param r first of their marks in the room
 * @param inside the windows lie at one place, and these elements in the images
 */
export function packPatches(
  p: Patches,
  room: usize,
  r: u32,
  from: u32,
  to: u32,
  inside: bool,
  panel: usize,
): void {
  // A phase of conv_grad_x may have no taps.
  if (from == to) return;
  const run = p.kw * p.c, line = p.w * p.c;
  const image = (p.h * line) << 2;
  let ky = from / run, a = from % run;
  while (from < to) {
    const length = min(min(run - a, PIECE), to - from);
    if (inside) {
      const at = markOf(room, r).at + ((ky * line + a) << 2);
      packImages(at, image, length, panel);
      packImages(at + 4 * image, image, length, panel + 16);
      packImages(at + 8 * image, image, length, panel + 32);
    } else {
      for (let q: u32 = 0; q < 12; q += 4) {
        packFour(
          piece(p, room, r + q, ky, a, length, STAGES),
          piece(p, room, r + q + 1, ky, a, length, STAGES + STAGE),
          piece(p, room, r + q + 2, ky, a, length, STAGES + 2 * STAGE),
          piece(p, room, r + q + 3, ky, a, length, STAGES + 3 * STAGE),
          length,
          panel + (q << 2),
          A_STEP,
        );
      }
    }
    panel += (length as usize) * A_STEP;
    from += length;
    a += length;
    if (a == run) a = 0, ky++;
  }
}

/** The same place of four images. */
function packImages(at: usize, image: usize, length: u32, panel: usize): void {
  packFour(at, at + image, at + 2 * image, at + 3 * image, length, panel, A_STEP);
}

/** Address of `length` elements from `a` on of row `ky` of window `r`, staged if they hang over. */
function piece(
  p: Patches,
  room: usize,
  r: u32,
  ky: u32,
  a: u32,
  length: u32,
  stage: usize,
): usize {
  const mark = markOf(room, r);
  if (((mark.y + (ky as i32)) as u32) >= p.h) return room + ZEROS;
  const at = mark.at + ((ky * p.w * p.c + a) << 2);
  const lo = mark.lo - (a as i32), hi = mark.hi - (a as i32);
  if (lo <= 0 && hi >= (length as i32)) return at;
  const target = room + stage;
  for (let i: i32 = 0; i < (length as i32); i++) {
    store<f32>(target + (i << 2), i >= lo && i < hi ? load<f32>(at + (i << 2)) : 0);
  }
  return target;
}
