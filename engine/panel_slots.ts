// Slots in panels of 8: what clusters and points that are merged one by one lie in. to[d][r] of a
// panel is coordinate d of its slot r. And the search for the lowest number of a block of slots.

import { laneselect } from "./rows";
import { madd } from "./simd";

/** Slots that share one nearest. */
export const SLOT_BLOCK: u32 = 256;
/** No slot, and its distance. */
export const NO_SLOT: u32 = 0xffffffff;
export const FAR: f32 = 3.4028234663852886e38;

/** Address of the first coordinate of a slot; the next ones follow every 32 bytes. */
export function slotAt(panels: usize, slot: u32, dim: u32): usize {
  return panels + ((((slot >> 3) as usize) * dim) << 5) + ((slot & 7) << 2);
}

/** ||x_r - t||^2 of four slots side by side, the first of which is at x. */
export function squares4(x: usize, tip: usize, dim: u32): v128 {
  const end = x + ((dim as usize) << 5);
  let s = f32x4.splat(0);
  while (x != end) {
    const d = f32x4.sub(v128.load(x), v128.load32_splat(tip));
    s = madd(d, d, s);
    x += 32;
    tip += 32;
  }
  return s;
}

/** The least of four lanes, and its place: the lowest of equals. */
export function leastOf(low: v128, at: v128, distance: usize, slot: usize): void {
  let d = low, i = at;
  for (let turn = 0; turn < 2; turn++) {
    const e = turn ? i32x4.shuffle(d, d, 1, 0, 3, 2) : i32x4.shuffle(d, d, 2, 3, 0, 1);
    const j = turn ? i32x4.shuffle(i, i, 1, 0, 3, 2) : i32x4.shuffle(i, i, 2, 3, 0, 1);
    const lower = v128.and(f32x4.eq(e, d), i32x4.lt_u(j, i));
    const sooner = v128.or(f32x4.lt(e, d), lower);
    d = laneselect(e, d, sooner);
    i = laneselect(j, i, sooner);
  }
  store<f32>(distance, f32x4.extract_lane(d, 0));
  store<u32>(slot, i32x4.extract_lane(i, 0));
}
