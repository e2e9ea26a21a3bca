// The product of patches and weights that conv and conv_grad_x share, one rectangle of pixels and
// channels at a time: panels of patches are packed into a slot, multiplied there by the tiles of
// the dense product, and what comes out is finished and stored.

import { activate4, activate_grad4 } from "./activation_math";
import { dots } from "./conv_thin";
import { firstRow, lastRow, panel, share } from "./gemm";
import { A_STEP } from "./gemm_tile";
import {
  atOnePlace,
  clearRoom,
  Mark,
  markOf,
  markWindows,
  packPatches,
  Patches,
  ROOM,
  ZEROS,
} from "./patches";

/** Where the sums of a product go. */
@unmanaged
export class Target {
  /** Panels of weights [depth][8]; for few channels rows [depth]. */
  weights: usize;
  /** Elements of a patch. */
  depth: u32;
  /** Images of h x w pixels and c channels. */
  images: usize;
  h: u32;
  w: u32;
  c: u32;
  /** From the pixel of one window to that of the next, and the first pixel. */
  sy: u32;
  sx: u32;
  y0: u32;
  x0: u32;
  /** Summand of each channel, or 0; as many zeros as an item has channels. */
  bias: usize;
  zeros: usize;
  activation: u32;
  /** Outputs of an activation, by whose derivative results are multiplied; its code, or 0. */
  gated: usize;
  gate: u32;
}

/** Fewer channels than this are computed as dot products: a tile would be mostly empty. */
export const THIN: u32 = 4;

const COLUMNS: u32 = 8;
const B_STEP: usize = 32;

/** Panels of weights of an item, 128 channels, and rows of an item, as in gemm.ts. */
const ITEM_B: u32 = 16;
const ITEM_ROWS: u32 = 48;

/** Longest stretch of depth in one go: the panels that meet are 24 and 16 KB. */
const DEPTH: u32 = 512;

/** Rows of windows shorter than this are not worth a product each. */
const SHORT: u32 = 32;

/** Most slots, and where things lie in one. */
const SLOTS: u32 = 64;
const TARGET: usize = 64;
const ROOMS: usize = 128;
const SPARE: usize = ROOMS + ROOM;
const SUMS: usize = SPARE + 192;

function ceilDiv(a: u32, b: u32): u32 {
  return (a + b - 1) / b;
}

/** Items of `count` windows and `c` channels. */
export function itemsOf(count: u32, c: u32): u32 {
  return ceilDiv(count, ITEM_ROWS) * ceilDiv(ceilDiv(c, COLUMNS), ITEM_B);
}

/** Slots of a product of so many items. */
export function slotsOf(items: u32): u32 {
  return min(items, SLOTS);
}

/** Bytes of a slot. */
export function slotBytes(c: u32, depth: u32): usize {
  const columns = min(ceilDiv(c, COLUMNS), ITEM_B) * COLUMNS;
  return SUMS + ((ITEM_ROWS * columns) << 2) + (min(depth, DEPTH) as usize) * A_STEP;
}

/** The windows of a slot's product. */
export function patchesOf(slot: usize): Patches {
  return changetype<Patches>(slot);
}

/** Where the results of a slot's product go. */
export function targetOf(slot: usize): Target {
  return changetype<Target>(slot + TARGET);
}

/** Makes a slot ready, once for each time that it is taken. */
export function clearSlot(slot: usize): void {
  clearRoom(slot + ROOMS);
  targetOf(slot).zeros = slot + ROOMS + ZEROS;
}

/** Computes and stores one item: up to 48 windows, up to 128 channels. */
export function multiplyPatches(item: u32, slot: usize): void {
  const p = patchesOf(slot), t = targetOf(slot);
  const rowParts = ceilDiv(p.count, ITEM_ROWS);
  const panels = ceilDiv(t.c, COLUMNS), parts = ceilDiv(panels, ITEM_B);
  const from = share(item / rowParts, panels, parts);
  const to = share(item / rowParts + 1, panels, parts);
  const first = firstRow(item, p.count), count = lastRow(item, p.count) - first;
  const width = (to - from) * COLUMNS;
  markWindows(p, first, ceilDiv(count, 12) * 12, slot + ROOMS);
  if (t.c < THIN) dots(p, slot + ROOMS, count, t.weights, t.depth, t.c, slot + SUMS, B_STEP);
  else {
    const stretches = max(ceilDiv(t.depth, DEPTH), 1);
    for (let s: u32 = 0; s < stretches; s++) {
      const start = share(s, t.depth, stretches), end = share(s + 1, t.depth, stretches);
      for (let r: u32 = 0; r < count; r += 12) {
        multiplyPanel(p, t, slot, r, atOnePlace(p, first + r), start, end, from, to);
      }
    }
  }
  const c0 = from * COLUMNS;
  for (let r: u32 = 0; r < count; r++) {
    const sums = slot + SUMS + ((r * width) << 2);
    finish(t, markOf(slot + ROOMS, r), sums, c0, min(t.c - c0, width));
  }
}

/**
 * Adds elements [start, end) of 12 patches to their sums, for panels [from, to) of weights; what
 * lies outside of the images is left out where that is known for all of them.
 */
function multiplyPanel(
  p: Patches,
  t: Target,
  slot: usize,
  r: u32,
  together: bool,
  start: u32,
  end: u32,
  from: u32,
  to: u32,
): void {
  let resume = start > 0;
  const run = p.kw * p.c;
  const mark = markOf(slot + ROOMS, r);
  const width = mark.hi - mark.lo;
  if (!together) {
    multiplySegment(p, t, slot, r, false, start, end, from, to, resume);
    return;
  }
  const top = max(-mark.y, 0) as u32;
  const bottom = width > 0 ? max(min(p.kh as i32, (p.h as i32) - mark.y), 0) as u32 : 0;
  if (width == (run as i32) || run < SHORT) {
    const a = max(start, top * run), b = max(min(end, bottom * run), a);
    multiplySegment(p, t, slot, r, width == (run as i32), a, b, from, to, resume);
    return;
  }
  for (let ky = top; ky < bottom; ky++) {
    const a = max(start, ky * run + mark.lo), b = min(end, (ky * run + mark.hi) as u32);
    if (a >= b) continue;
    multiplySegment(p, t, slot, r, true, a, b, from, to, resume);
    resume = true;
  }
  // Nothing of these windows lies in an image.
  if (!resume) multiplySegment(p, t, slot, r, true, start, start, from, to, false);
}

/** Packs elements [a, b) of 12 patches and multiplies them by panels [from, to) of weights. */
function multiplySegment(
  p: Patches,
  t: Target,
  slot: usize,
  r: u32,
  inside: bool,
  a: u32,
  b: u32,
  from: u32,
  to: u32,
  resume: bool,
): void {
  const row = ((to - from) as usize) * B_STEP;
  const sums = slot + SUMS;
  const panelA = sums + (ITEM_ROWS as usize) * row;
  packPatches(p, slot + ROOMS, r, a, b, inside, panelA);
  for (let j = from; j < to; j++) {
    const panelB = t.weights + ((j as usize) * t.depth + a) * B_STEP;
    const c = sums + (r as usize) * row + ((j - from) as usize) * B_STEP;
    const columns = t.c - j * COLUMNS > 4 ? COLUMNS : 4;
    panel(panelA, panelB, B_STEP, b - a, c, row, 12, columns, resume, slot + SPARE);
  }
}

/** y = act(sums + bias) gate'(gated) for `width` channels of a pixel from `channel` on. */
function finish(t: Target, mark: Mark, sums: usize, channel: u32, width: u32): void {
  const pixel = (mark.image * t.h + mark.row * t.sy + t.y0) * t.w + mark.column * t.sx + t.x0;
  const at = ((pixel as usize) * t.c + channel) << 2;
  const bias = t.bias ? t.bias + (channel << 2) : t.zeros;
  const to = t.images + at;
  // Activations other than relu in passes of their own: their code would slow the loop for all.
  addBias(sums, bias, to, width << 2, t.activation == 1);
  if (t.activation > 1) activateRow(to, width << 2, t.activation);
  if (t.gate == 1) gateRelu(to, t.gated + at, width << 2);
  else if (t.gate) gateRow(to, t.gated + at, width << 2, t.gate);
}

function addBias(sums: usize, bias: usize, to: usize, bytes: usize, relu: bool): void {
  const zero = f32x4.splat(0), whole = bytes & ~15;
  let i: usize = 0;
  for (; i < whole; i += 16) {
    const z = f32x4.add(v128.load(sums + i), v128.load(bias + i));
    v128.store(to + i, relu ? f32x4.pmax(z, zero) : z);
  }
  for (; i < bytes; i += 4) {
    const z = f32x4.add(v128.load32_splat(sums + i), v128.load32_splat(bias + i));
    store<f32>(to + i, f32x4.extract_lane(relu ? f32x4.pmax(z, zero) : z, 0));
  }
}

function activateRow(to: usize, bytes: usize, activation: u32): void {
  const whole = bytes & ~15;
  let i: usize = 0;
  for (; i < whole; i += 16) v128.store(to + i, activate4(activation, v128.load(to + i)));
  for (; i < bytes; i += 4) {
    const y = activate4(activation, v128.load32_splat(to + i));
    store<f32>(to + i, f32x4.extract_lane(y, 0));
  }
}

function gateRelu(to: usize, y: usize, bytes: usize): void {
  const zero = f32x4.splat(0), whole = bytes & ~15;
  let i: usize = 0;
  for (; i < whole; i += 16) {
    v128.store(to + i, v128.and(v128.load(to + i), f32x4.gt(v128.load(y + i), zero)));
  }
  for (; i < bytes; i += 4) store<f32>(to + i, load<f32>(y + i) > 0 ? load<f32>(to + i) : 0);
}

function gateRow(to: usize, y: usize, bytes: usize, gate: u32): void {
  const whole = bytes & ~15;
  let i: usize = 0;
  for (; i < whole; i += 16) {
    v128.store(to + i, activate_grad4(gate, v128.load(y + i), v128.load(to + i)));
  }
  for (; i < bytes; i += 4) {
    const dx = activate_grad4(gate, v128.load32_splat(y + i), v128.load32_splat(to + i));
    store<f32>(to + i, f32x4.extract_lane(dx, 0));
  }
}
