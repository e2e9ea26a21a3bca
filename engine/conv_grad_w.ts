// dw[q] = x * dz, db[q] = sums of dz, over the pixels of part q: x is n x ih x iw x ci, dz is
// n x oh x ow x co, dw is parts x kh x kw x ci x co, db is parts x co.

import { packColumns } from "./gemm_pack";
import { A_STEP } from "./gemm_tile";
import { panel, share } from "./gemm";
import { packPatchColumns } from "./patch_columns";
import { Patches } from "./patches";
import { freeSlot, resetSlots, slotFlags, takeSlot } from "./slots";

@unmanaged
class ConvGradWArgs {
  x: usize;
  dz: usize;
  dw: usize;
  db: usize;
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
  block: u32;
  bias: u32;
  scratch: usize;
}

const B_STEP: usize = 32;

/** Panels of an item: 96 rows by 64 columns of dw. */
const ITEM_A: u32 = 8;
const ITEM_B: u32 = 8;

/** Pixels in one go: panels of 24 and 16 KB. */
const DEPTH: u32 = 512;

const SLOTS: u32 = 64;
const SPARE: usize = 64;
const PANELS: usize = SPARE + 192;

function ceilDiv(a: u32, b: u32): u32 {
  return (a + b - 1) / b;
}

function rowParts(a: ConvGradWArgs): u32 {
  return ceilDiv(ceilDiv(a.kh * a.kw * a.ci, 12), ITEM_A);
}

function columnParts(a: ConvGradWArgs): u32 {
  return ceilDiv(ceilDiv(a.co, 8), ITEM_B);
}

function countOfSlots(a: ConvGradWArgs): u32 {
  return min(ceilDiv(a.n * a.oh * a.ow, a.block) * rowParts(a) * columnParts(a), SLOTS);
}

/** Frees the slots. */
export function conv_grad_w_start(args: usize, begin: u32, end: u32): void {
  const a = changetype<ConvGradWArgs>(args);
  if (begin < end) resetSlots(a.scratch, countOfSlots(a));
}

/** An item is a rectangle of one part of dw; those of the first rows also sum their columns. */
export function conv_grad_w(args: usize, begin: u32, end: u32): void {
  const a = changetype<ConvGradWArgs>(args);
  const slots = countOfSlots(a);
  const panels = A_STEP + (min(ceilDiv(a.co, 8), ITEM_B) as usize) * B_STEP;
  const mine = takeSlot(a.scratch, slots);
  const slot = a.scratch + slotFlags(slots) +
    (mine as usize) * (PANELS + (min(a.block, DEPTH) as usize) * panels);
  const p = changetype<Patches>(slot);
  p.images = a.x;
  p.h = a.ih, p.w = a.iw, p.c = a.ci;
  p.kh = a.kh, p.kw = a.kw;
  p.rows = a.oh, p.columns = a.ow, p.count = a.n * a.oh * a.ow;
  p.sy = a.sh, p.sx = a.sw;
  p.y0 = -(a.top as i32), p.x0 = -(a.left as i32);
  for (let item = begin; item < end; item++) multiplyPart(a, p, item, slot);
  freeSlot(a.scratch, mine);
}

/** An item: its part of the pixels in stretches, each packed and multiplied. */
function multiplyPart(a: ConvGradWArgs, p: Patches, item: u32, slot: usize): void {
  const depth = a.kh * a.kw * a.ci;
  const across = rowParts(a), down = columnParts(a);
  const panelsA = ceilDiv(depth, 12), panelsB = ceilDiv(a.co, 8);
  const row0 = share(item % across, panelsA, across) * 12;
  const row1 = min(share(item % across + 1, panelsA, across) * 12, depth);
  const column0 = share(item / across % down, panelsB, down) * 8;
  const column1 = min(share(item / across % down + 1, panelsB, down) * 8, a.co);
  const part = item / across / down;
  const dw = a.dw + ((((part * depth + row0) as usize) * a.co + column0) << 2);
  const db = a.db + ((part * a.co + column0) << 2);
  const first = part * a.block, count = min(a.block, p.count - first);
  const stretches = ceilDiv(count, DEPTH);
  const panelA = slot + PANELS;
  for (let s: u32 = 0; s < stretches; s++) {
    const from = first + share(s, count, stretches), to = first + share(s + 1, count, stretches);
    const panelsOfB = panelA + ((to - from) as usize) * A_STEP;
    const dz = a.dz + (((from as usize) * a.co + column0) << 2);
    packResults(dz, a.co, column1 - column0, to - from, panelsOfB);
    if (a.bias && row0 == 0) sumPanels(panelsOfB, to - from, db, column1 - column0, s > 0);
    for (let i = row0; i < row1; i += 12) {
      packPatchColumns(p, i, min(row1 - i, 12), from, to, panelA);
      const c = dw + (((i - row0) * a.co) << 2);
      const rows = min(row1 - i, 12);
      multiplyPanel(panelA, panelsOfB, to - from, c, a.co, rows, column1 - column0, s > 0, slot);
    }
  }
}

/** Panels of `width` columns of dz, `depth` pixels deep. */
function packResults(dz: usize, co: u32, width: u32, depth: u32, panels: usize): void {
  for (let j: u32 = 0; j < width; j += 8) {
    packColumns(dz + (j << 2), co, min(width - j, 8), depth, panels, B_STEP);
    panels += (depth as usize) * B_STEP;
  }
}

/** A panel of patches times the panels of dz. */
function multiplyPanel(
  panelA: usize,
  panelB: usize,
  depth: u32,
  c: usize,
  co: u32,
  rows: u32,
  width: u32,
  resume: bool,
  slot: usize,
): void {
  const row = (co as usize) << 2;
  for (let j: u32 = 0; j < width; j += 8) {
    const columns = min(width - j, 8);
    panel(panelA, panelB, B_STEP, depth, c, row, rows, columns, resume, slot + SPARE);
    panelB += (depth as usize) * B_STEP;
    c += 32;
  }
}

/** db = sums of the columns of panels, on top of what it has of the stretches before. */
function sumPanels(panel: usize, depth: u32, db: usize, width: u32, resume: bool): void {
  for (let j: u32 = 0; j < width; j += 8) {
    let s0 = f32x4.splat(0), s1 = s0;
    const end = panel + (depth as usize) * B_STEP;
    for (; panel < end; panel += B_STEP) {
      s0 = f32x4.add(s0, v128.load(panel));
      s1 = f32x4.add(s1, v128.load(panel, 16));
    }
    put4(db, s0, min(width - j, 8), resume);
    db += 16;
    if (width - j > 4) put4(db, s1, min(width - j, 8) - 4, resume);
    db += 16;
  }
}

function put4(to: usize, sums: v128, width: u32, resume: bool): void {
  for (let i: u32 = 0; i < min(width, 4); i++, to += 4) {
    store<f32>(to, f32x4.extract_lane(sums, 0) + (resume ? load<f32>(to) : 0));
    sums = i32x4.shuffle(sums, sums, 1, 2, 3, 0);
  }
}
