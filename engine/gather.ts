// y[i, :] = source[index[at + i], :] for m rows of width words, f32 or u32, or of width bytes that
// become scale * byte + shift.

import { copyWords } from "./copy";
import { fillWords } from "./fill";
import { madd } from "./simd";

/** NaN. */
const NAN_WORD: u32 = 0x7fc0_0000;
/** What stands for a missing u32. */
const NONE_WORD: u32 = 0xffff_ffff;

@unmanaged
class GatherArgs {
  source: usize;
  index: usize;
  y: usize;
  rows: u32;
  m: u32;
  width: u32;
  at: u32;
}

/** An item is a row. */
export function gather(args: usize, begin: u32, end: u32): void {
  gatherWords(changetype<GatherArgs>(args), begin, end, NAN_WORD);
}

@unmanaged
class GatherU32Args {
  source: usize;
  index: usize;
  y: usize;
  rows: u32;
  m: u32;
  width: u32;
  at: u32;
}

/** An item is a row. */
export function gather_u32(args: usize, begin: u32, end: u32): void {
  const a: GatherU32Args = changetype<GatherU32Args>(args);
  // The two argument lists differ in element types only.
  gatherWords(changetype<GatherArgs>(a), begin, end, NONE_WORD);
}

function gatherWords(a: GatherArgs, begin: u32, end: u32, missing: u32): void {
  const bytes = a.width << 2;
  for (let i = begin; i < end; i++) {
    const row = load<u32>(a.index + ((a.at + i) << 2));
    const y = a.y + i * bytes;
    if (row < a.rows) copyWords(y, a.source + row * bytes, a.width);
    else fillWords(y, missing, a.width);
  }
}

@unmanaged
class GatherU8Args {
  source: usize;
  index: usize;
  y: usize;
  rows: u32;
  m: u32;
  width: u32;
  at: u32;
  scale: f32;
  shift: f32;
}

/** An item is a row. */
export function gather_u8(args: usize, begin: u32, end: u32): void {
  const a = changetype<GatherU8Args>(args);
  const scale = f32x4.splat(a.scale);
  const shift = f32x4.splat(a.shift);
  for (let i = begin; i < end; i++) {
    const row = load<u32>(a.index + ((a.at + i) << 2));
    const y = a.y + ((i * a.width) << 2);
    if (row < a.rows) scaleBytes(y, a.source + row * a.width, a.width, scale, shift);
    else fillWords(y, NAN_WORD, a.width);
  }
}

/** y = scale * x + shift for `count` bytes from x on. */
function scaleBytes(y: usize, x: usize, count: u32, scale: v128, shift: v128): void {
  const end = x + count;
  const whole = x + (count & ~15);
  for (; x < whole; x += 16, y += 64) {
    const bytes = v128.load(x);
    const low = i16x8.extend_low_i8x16_u(bytes);
    const high = i16x8.extend_high_i8x16_u(bytes);
    v128.store(y, scale4(i32x4.extend_low_i16x8_u(low), scale, shift));
    v128.store(y, scale4(i32x4.extend_high_i16x8_u(low), scale, shift), 16);
    v128.store(y, scale4(i32x4.extend_low_i16x8_u(high), scale, shift), 32);
    v128.store(y, scale4(i32x4.extend_high_i16x8_u(high), scale, shift), 48);
  }
  for (; x < end; x++, y += 4) {
    v128.store_lane<f32>(y, scale4(i32x4.splat(load<u8>(x)), scale, shift), 0);
  }
}

function scale4(words: v128, scale: v128, shift: v128): v128 {
  return madd(f32x4.convert_i32x4_s(words), scale, shift);
}
