/** Sizes and the reference of the block sums. */

/** One element; round a vector, a chunk and a block; a few blocks; one large. */
export const SIZES = [1, 3, 5, 63, 64, 65, 255, 256, 257, 1027, 4095, 4096, 4097, 9999, 1_000_003];

/** Float64 sums of `term(x)` over blocks of 4,096. */
export function blockSums(x: ArrayLike<number>, term: (v: number) => number): Float64Array {
  const sums = new Float64Array(Math.ceil(x.length / 4096));
  for (let i = 0; i < x.length; i++) sums[Math.floor(i / 4096)] += term(x[i]);
  return sums;
}
