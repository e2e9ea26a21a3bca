// A positive and a negative for each anchor: random, the hardest, or semi-hard.

import { philox } from "./random";

/** Least bits of a NaN: all of them count as equal. */
const NAN: u32 = 0x7f80_0001;

const HARD: u32 = 1;
const SEMI_HARD: u32 = 2;

@unmanaged
class MineTripletsArgs {
  d: usize;
  label: usize;
  positive: usize;
  negative: usize;
  valid: usize;
  m: u32;
  mining: u32;
  seed: u32;
  stream: u32;
  step: u32;
}

/** Integer in the order of the distances, NaN above all. */
function key(row: usize, j: u32): u32 {
  return min(load<u32>(row + (j << 2)) & 0x7fff_ffff, NAN);
}

function label(a: MineTripletsArgs, i: u32): u32 {
  return load<u32>(a.label + (i << 2));
}

/** The `rank`-th row, from 0, other than i whose label is (or is not) that of i. */
function nth(a: MineTripletsArgs, i: u32, same: bool, rank: u32): u32 {
  for (let j: u32 = 0; j < a.m; j++) {
    if (j == i || (label(a, j) == label(a, i)) != same) continue;
    if (rank == 0) return j;
    rank--;
  }
  return i;
}

/** The nearest negative that is farther than `positive`; if none is, the farthest negative. */
function beyond(a: MineTripletsArgs, i: u32, positive: u32): u32 {
  const row = a.d + ((i * a.m) << 2);
  const limit = key(row, positive);
  let least: u32 = u32.MAX_VALUE, most: u32 = 0, at = i, farthest = i;
  for (let j: u32 = 0; j < a.m; j++) {
    if (label(a, j) == label(a, i)) continue;
    const d = key(row, j);
    if (d > limit && d < least) {
      least = d;
      at = j;
    }
    if (farthest == i || d > most) {
      most = d;
      farthest = j;
    }
  }
  return at == i ? farthest : at;
}

/** Counts, the farthest positive and the nearest negative. */
function choose(a: MineTripletsArgs, i: u32): void {
  const row = a.d + ((i * a.m) << 2);
  let positives: u32 = 0, negatives: u32 = 0;
  let most: u32 = 0, least: u32 = u32.MAX_VALUE, positive = i, negative = i;
  for (let j: u32 = 0; j < a.m; j++) {
    if (j == i) continue;
    const d = key(row, j);
    if (label(a, j) == label(a, i)) {
      if (positives++ == 0 || d > most) {
        most = d;
        positive = j;
      }
    } else {
      negatives++;
      if (d < least) {
        least = d;
        negative = j;
      }
    }
  }
  const valid = positives > 0 && negatives > 0;
  if (!valid) positive = negative = i;
  else if (a.mining != HARD) {
    const words = philox(i, a.step, a.seed, a.stream);
    positive = nth(a, i, true, draw(i32x4.extract_lane(words, 0), positives));
    negative = a.mining == SEMI_HARD
      ? beyond(a, i, positive)
      : nth(a, i, false, draw(i32x4.extract_lane(words, 1), negatives));
  }
  store<u32>(a.positive + (i << 2), positive);
  store<u32>(a.negative + (i << 2), negative);
  store<u32>(a.valid + (i << 2), valid ? 1 : 0);
}

/** A 32-bit word as one of the numbers 0 to n - 1. */
function draw(word: u32, n: u32): u32 {
  return (((word as u64) * (n as u64)) >> 32) as u32;
}

/** An item is an anchor. */
export function mine_triplets(args: usize, begin: u32, end: u32): void {
  const a = changetype<MineTripletsArgs>(args);
  for (let i = begin; i < end; i++) choose(a, i);
}
