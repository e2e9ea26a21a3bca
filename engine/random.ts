// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw (2011), "Parallel
// random numbers: as easy as 1, 2, 3". Element i of a tensor comes from counter (i / 4, step, 0, 0)
// under the key (seed, stream), so no element depends on how the work is divided.

const ROUNDS = 10;

/** The four words of counter (block, step, 0, 0) under the key (seed, stream). */
export function philox(block: u32, step: u32, seed: u32, stream: u32): v128 {
  // Two 32 x 32 -> 64 bit products a round: words 0 and 2 times these.
  const factors = i32x4(0xd2511f53, 0xcd9e8d57, 0, 0);
  const weyl = i32x4(0x9e3779b9, 0, 0xbb67ae85, 0);
  let key = i64x2.replace_lane(i64x2.splat(seed as u64), 1, stream as u64);
  let c = i64x2.replace_lane(i64x2.splat(0), 0, (block as u64) | ((step as u64) << 32));
  for (let round = 0; round < ROUNDS; round++) {
    // As words: low and high half of the first product, low and high half of the second.
    const product = i64x2.extmul_low_i32x4_u(v128.shuffle<u32>(c, c, 0, 2, 0, 2), factors);
    const swapped = v128.shuffle<u32>(product, product, 3, 2, 1, 0);
    c = v128.xor(v128.xor(swapped, i64x2.shr_u(c, 32)), key);
    key = i32x4.add(key, weyl);
  }
  return c;
}

/** The upper 24 bits of each word as a number in [0, 1); exact. */
export function fraction4(words: v128): v128 {
  return f32x4.mul(
    f32x4.convert_i32x4_s(i32x4.shr_u(words, 8)),
    f32x4.splat(5.9604644775390625e-8),
  );
}
