// dx = act(dz *^T w + b) gate'(x), *^T the transpose of a convolution: dz is n x oh x ow x co, w is
// kh x kw x ci x co, dx and x are n x ih x iw x ci.
//
// Of the kernel's taps, a pixel of dx meets only those at its own place modulo the stride. Pixels of
// one such phase meet the same taps, in windows of dz that lie side by side: sh sw convolutions with
// stride 1, in which no zero is multiplied. The taps of a phase run backwards, so that a row of a
// window is one run of memory.

import {
  clearSlot,
  itemsOf,
  multiplyPatches,
  patchesOf,
  slotBytes,
  slotsOf,
  targetOf,
  THIN,
} from "./conv_product";
import { packRows } from "./gemm_pack";
import { PANEL } from "./patches";
import { freeSlot, resetSlots, slotFlags, takeSlot } from "./slots";

@unmanaged
class ConvGradXArgs {
  dz: usize;
  w: usize;
  b: usize;
  x: usize;
  dx: usize;
  n: u32;
  ih: u32;
  iw: u32;
  ci: u32;
  oh: u32;
  ow: u32;
  co: u32;
  kh: u32;
  kw: u32;
  sh: u32;
  sw: u32;
  top: u32;
  left: u32;
  bias: u32;
  activation: u32;
  gate: u32;
  scratch: usize;
}

function ceilDiv(a: u32, b: u32): u32 {
  return (a + b - 1) / b;
}

/** Taps at the places p, p + stride, ... of `size`. */
function taps(size: u32, stride: u32, p: u32): u32 {
  return p < size ? ceilDiv(size - p, stride) : 0;
}

/** Taps of all the phases before `p`. */
function tapsBefore(size: u32, stride: u32, p: u32): u32 {
  return size / stride * p + min(size % stride, p);
}

/** Items of the largest phase: each has so many, and the last of the smaller ones are empty. */
function itemsOfPhase(a: ConvGradXArgs): u32 {
  return itemsOf(a.n * ceilDiv(a.ih, a.sh) * ceilDiv(a.iw, a.sw), a.ci);
}

function countOfSlots(a: ConvGradXArgs): u32 {
  return slotsOf(itemsOfPhase(a) * a.sh * a.sw);
}

/** Depth of the deepest phase, the first. */
function deepest(a: ConvGradXArgs): u32 {
  return taps(a.kh, a.sh, 0) * taps(a.kw, a.sw, 0) * a.co;
}

/** Packs w^T by phases; an item is a panel of 8 channels of one tap. The first frees the slots. */
export function conv_grad_x_pack(args: usize, begin: u32, end: u32): void {
  const a = changetype<ConvGradXArgs>(args);
  const slots = countOfSlots(a);
  if (begin == 0) resetSlots(a.scratch, slots);
  const weights = a.scratch + slotFlags(slots);
  const panels = ceilDiv(a.ci, 8);
  for (let i = begin; i < end; i++) {
    const tap = i / panels, panel = i % panels;
    const ky = tap / a.kw, kx = tap % a.kw;
    const py = ky % a.sh, px = kx % a.sw;
    const th = taps(a.kh, a.sh, py), tw = taps(a.kw, a.sw, px);
    const phase = tapsBefore(a.kh, a.sh, py) * a.kw + th * tapsBefore(a.kw, a.sw, px);
    // Backwards.
    const place = (th - 1 - ky / a.sh) * tw + (tw - 1 - kx / a.sw);
    const from = a.w + (((tap * a.ci + 8 * panel) as usize) * a.co << 2);
    if (a.ci < THIN) {
      for (let c: u32 = 0; c < a.ci; c++) {
        const to = (phase * a.ci + c * th * tw + place) * a.co;
        copyRow(from + ((c * a.co) << 2), a.co, weights + (to << 2));
      }
    } else {
      const to = ((phase * panels + panel * th * tw + place) * a.co) << 5;
      packRows(from, a.co, min(a.ci - 8 * panel, 8), weights + to, 32);
    }
  }
}

function copyRow(from: usize, count: u32, to: usize): void {
  for (let i: u32 = 0; i < count; i++) store<f32>(to + (i << 2), load<f32>(from + (i << 2)));
}

/** An item is a rectangle of one phase of dx: pixels by channels. */
export function conv_grad_x(args: usize, begin: u32, end: u32): void {
  const a = changetype<ConvGradXArgs>(args);
  const slots = countOfSlots(a);
  const weights = a.scratch + slotFlags(slots);
  const panels = ((a.kh * a.kw * a.co * ceilDiv(a.ci, 8) as usize) * 32 + 63) & ~63;
  const mine = takeSlot(a.scratch, slots);
  const slot = weights + panels + (mine as usize) * slotBytes(a.ci, deepest(a));
  clearSlot(slot);
  const p = patchesOf(slot);
  const t = targetOf(slot);
  const each = itemsOfPhase(a);
  let ready = u32.MAX_VALUE;
  for (let item = begin; item < end; item++) {
    if (item / each != ready) {
      ready = item / each;
      setPhase(a, ready, weights, slot);
    }
    if (item % each < itemsOf(p.count, t.c)) multiplyPatches(item % each, slot);
  }
  freeSlot(a.scratch, mine);
}

/** Windows and weights of the phase whose first pixel is (phase / sw, phase % sw). */
function setPhase(a: ConvGradXArgs, phase: u32, weights: usize, slot: usize): void {
  const y = phase / a.sw, x = phase % a.sw;
  const py = (y + a.top) % a.sh, px = (x + a.left) % a.sw;
  const p = patchesOf(slot);
  const t = targetOf(slot);
  p.images = a.dz;
  p.h = a.oh, p.w = a.ow, p.c = a.co;
  p.kh = taps(a.kh, a.sh, py), p.kw = taps(a.kw, a.sw, px);
  p.rows = taps(a.ih, a.sh, y), p.columns = taps(a.iw, a.sw, x);
  p.count = a.n * p.rows * p.columns;
  p.sy = 1, p.sx = 1;
  p.y0 = (((y + a.top) / a.sh) as i32) - (p.kh as i32) + 1;
  p.x0 = (((x + a.left) / a.sw) as i32) - (p.kw as i32) + 1;
  p.group = a.ci < THIN ? 1 : PANEL;
  const before = tapsBefore(a.kh, a.sh, py) * a.kw + p.kh * tapsBefore(a.kw, a.sw, px);
  const row: u32 = a.ci < THIN ? a.ci << 2 : ceilDiv(a.ci, 8) << 5;
  t.weights = weights + ((before * a.co) as usize) * row;
  t.depth = p.kh * p.kw * a.co;
  t.images = a.dx;
  t.h = a.ih, t.w = a.iw, t.c = a.ci;
  t.sy = a.sh, t.sx = a.sw, t.y0 = y, t.x0 = x;
  t.bias = a.bias ? a.b : 0, t.activation = a.activation;
  t.gated = a.x, t.gate = a.gate;
}
