/** What the tests of the random kernels share. */

import { Philox } from "../../shell/random.ts";

/** A generator's key and step, as the kernels take them. */
export interface Source {
  readonly seed: number;
  readonly stream: number;
  readonly step: number;
}

/** The uniform numbers that the kernels draw from: the upper 24 bits of each word. */
export function fractions(n: number, { seed, stream, step }: Source): number[] {
  const philox = new Philox(seed, stream, step);
  return Array.from({ length: n }, () => (philox.next() >>> 8) * 2 ** -24);
}

/** Sources that differ in one word each, and one with all bits set. */
export const SOURCES: readonly Source[] = [
  { seed: 0, stream: 0, step: 0 },
  { seed: 1, stream: 0, step: 0 },
  { seed: 0, stream: 1, step: 0 },
  { seed: 0, stream: 0, step: 1 },
  { seed: 2 ** 32 - 1, stream: 2 ** 32 - 1, step: 2 ** 32 - 1 },
];
