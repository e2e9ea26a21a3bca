// Patches as columns: a few elements of many patches, for sums over patches. Elements that lie in
// one row of the windows are a strip, which is copied patch by patch; windows are counted image by
// image, row by row.

import { A_STEP } from "./gemm_tile";
import { Patches } from "./patches";

/**
 * Packs elements [k, k + count) of patches [from, to) into a panel of a^T, [patch][12], for sums
 * over patches.
 */
export function packPatchColumns(
  p: Patches,
  k: u32,
  count: u32,
  from: u32,
  to: u32,
  panel: usize,
): void {
  if (count < 12) {
    const end = panel + ((to - from) as usize) * A_STEP;
    for (let i = panel; i < end; i += 16) v128.store(i, i32x4.splat(0));
  }
  const run = p.kw * p.c;
  while (count > 0) {
    const a = k % run, length = min(run - a, count);
    packStrip(p, k / run, a, length, from, to, panel);
    panel += (length as usize) << 2;
    k += length;
    count -= length;
  }
}

/** The part of a panel that one row of the windows fills: elements [a, a + length) of row `ky`. */
function packStrip(
  p: Patches,
  ky: u32,
  a: u32,
  length: u32,
  from: u32,
  to: u32,
  panel: usize,
): void {
  const area = p.rows * p.columns;
  let image = from / area;
  let row = from % area / p.columns;
  let column = from % area % p.columns;
  while (from < to) {
    // The windows of one row of the lattice.
    const more = min(p.columns - column, to - from);
    const y = ((row * p.sy + ky) as i32) + p.y0;
    const x = ((column * p.sx) as i32) + p.x0;
    const inside = (y as u32) < p.h;
    const start = p.images + (((((image * p.h + (y as u32)) * p.w + (x as u32)) * p.c) + a) << 2);
    packLine(p, inside, start, x, a, length, more, panel);
    panel += (more as usize) * A_STEP;
    from += more;
    column = 0;
    if (++row < p.rows) continue;
    row = 0;
    image++;
  }
}

/** Windows of one row of the lattice; `x` is the column of the first, `at` where its part begins. */
function packLine(
  p: Patches,
  inside: bool,
  at: usize,
  x: i32,
  a: u32,
  length: u32,
  count: u32,
  to: usize,
): void {
  const step = (p.sx * p.c) << 2;
  const end = to + (count as usize) * A_STEP;
  // How much of the strip lies before the image, and where the image ends.
  let lo = -x * (p.c as i32) - (a as i32);
  let hi = ((p.w as i32) - x) * (p.c as i32) - (a as i32);
  const by = (p.sx * p.c) as i32;
  for (; to < end; to += A_STEP, at += step, lo -= by, hi -= by) {
    if (inside && lo <= 0 && hi >= (length as i32)) copy(at, length, to);
    else {
      for (let i: i32 = 0; i < (length as i32); i++) {
        store<f32>(to + (i << 2), inside && i >= lo && i < hi ? load<f32>(at + (i << 2)) : 0);
      }
    }
  }
}

/** Copies up to 12 numbers. */
function copy(at: usize, length: u32, to: usize): void {
  if (length < 4) {
    for (let i: u32 = 0; i < length; i++) store<f32>(to + (i << 2), load<f32>(at + (i << 2)));
    return;
  }
  v128.store(to, v128.load(at));
  if (length > 8) v128.store(to, v128.load(at, 16), 16);
  // The last four, some of them again.
  const rest = (length - 4) << 2;
  v128.store(to + rest, v128.load(at + rest));
}
