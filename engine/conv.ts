// y = act(x * w + b) gate'(a), * a convolution: x is n x ih x iw x ci, w is kh x kw x ci x co, y and
// a are n x oh x ow x co.

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
import { packColumns } from "./gemm_pack";
import { PANEL } from "./patches";
import { freeSlot, resetSlots, slotFlags, takeSlot } from "./slots";

@unmanaged
class ConvArgs {
  x: usize;
  w: usize;
  b: usize;
  a: usize;
  y: usize;
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

function countOfSlots(a: ConvArgs): u32 {
  return slotsOf(itemsOf(a.n * a.oh * a.ow, a.co));
}

/** Packs w; an item is a panel of 8 channels. The first also frees the slots. */
export function conv_pack(args: usize, begin: u32, end: u32): void {
  const a = changetype<ConvArgs>(args);
  const slots = countOfSlots(a);
  const depth = a.kh * a.kw * a.ci;
  if (begin == 0) resetSlots(a.scratch, slots);
  const weights = a.scratch + slotFlags(slots);
  for (let i = begin; i < end; i++) {
    const to = weights + (((i * depth) as usize) << 5);
    if (a.co < THIN) transpose(a.w, depth, a.co, to);
    else packColumns(a.w + (i << 5), a.co, min(a.co - 8 * i, 8), depth, to, 32);
  }
}

/** to[j][q] = from[q][j]. */
function transpose(from: usize, depth: u32, width: u32, to: usize): void {
  for (let j: u32 = 0; j < width; j++) {
    for (let q: u32 = 0; q < depth; q++, to += 4) {
      store<f32>(to, load<f32>(from + ((q * width + j) << 2)));
    }
  }
}

/** An item is a rectangle of y: pixels by channels. */
export function conv(args: usize, begin: u32, end: u32): void {
  const a = changetype<ConvArgs>(args);
  const slots = countOfSlots(a);
  const depth = a.kh * a.kw * a.ci;
  const weights = a.scratch + slotFlags(slots);
  const panels = ((((a.co + 7) / 8 * depth) as usize) * 32 + 63) & ~63;
  const mine = takeSlot(a.scratch, slots);
  const slot = weights + panels + (mine as usize) * slotBytes(a.co, depth);
  clearSlot(slot);
  const p = patchesOf(slot);
  p.images = a.x;
  p.h = a.ih, p.w = a.iw, p.c = a.ci;
  p.kh = a.kh, p.kw = a.kw;
  p.rows = a.oh, p.columns = a.ow, p.count = a.n * a.oh * a.ow;
  p.sy = a.sh, p.sx = a.sw;
  p.y0 = -(a.top as i32), p.x0 = -(a.left as i32);
  p.group = a.co < THIN ? 1 : PANEL;
  const t = targetOf(slot);
  t.weights = weights, t.depth = depth;
  t.images = a.y;
  t.h = a.oh, t.w = a.ow, t.c = a.co;
  t.sy = 1, t.sx = 1, t.y0 = 0, t.x0 = 0;
  t.bias = a.bias ? a.b : 0, t.activation = a.activation;
  t.gated = a.a, t.gate = a.gate;
  for (let item = begin; item < end; item++) multiplyPatches(item, slot);
  freeSlot(a.scratch, mine);
}
