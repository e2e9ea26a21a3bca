// Slots in panels of 8: what clusters and points that are merged one by one lie in. to[d][r] of a
// panel is coordinate d of its slot r. And the search for the lowest number of a block of slots.

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

/**
 * The least of four lanes and its place, the lowest of equals: the bits of the distance, which is not
 * negative, above those of the place, so that keys are in the same order.
 */
export function leastOf(low: v128, at: v128): u64 {
  let key = keyOf(f32x4.extract_lane(low, 0), i32x4.extract_lane(at, 0));
  key = min(key, keyOf(f32x4.extract_lane(low, 1), i32x4.extract_lane(at, 1)));
  key = min(key, keyOf(f32x4.extract_lane(low, 2), i32x4.extract_lane(at, 2)));
  return min(key, keyOf(f32x4.extract_lane(low, 3), i32x4.extract_lane(at, 3)));
}

/** A distance of at least 0 and a slot as one number. */
export function keyOf(distance: f32, slot: u32): u64 {
  return ((reinterpret<u32>(distance) as u64) << 32) | (slot as u64);
}

/** The least key of blocks. */
export function leastOfBlocks(distance: usize, slot: usize, blocks: u32): u64 {
  let key = keyOf(FAR, NO_SLOT);
  for (let b: u32 = 0; b < blocks; b++) {
    const at = b << 2;
    key = min(key, keyOf(load<f32>(distance + at), load<u32>(slot + at)));
  }
  return key;
}

/** Writes a key in its two parts. */
export function storeKey(key: u64, distance: usize, slot: usize): void {
  store<u32>(distance, (key >> 32) as u32);
  store<u32>(slot, key as u32);
}
