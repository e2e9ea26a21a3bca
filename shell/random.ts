/** Random numbers on the host, from the generator that the kernels use. */

const FACTORS = [0xd2511f53, 0xcd9e8d57] as const;
const WEYL = [0x9e3779b9, 0xbb67ae85] as const;
const ROUNDS = 10;

/** Upper half of the 64-bit product of two 32-bit words, by halves of 16 bits. */
function mulHigh(a: number, b: number): number {
  const a0 = a & 0xffff, a1 = a >>> 16, b0 = b & 0xffff, b1 = b >>> 16;
  const low = a1 * b0 + ((a0 * b0) >>> 16);
  const high = a0 * b1 + (low & 0xffff);
  return (a1 * b1 + (low >>> 16) + (high >>> 16)) >>> 0;
}

/** Four 32-bit words. */
export type Words = readonly [number, number, number, number];

/**
 * Philox4x32-10: a counter and a key to four random words.
 * @see Salmon, Moraes, Dror, Shaw (2011), Parallel random numbers: as easy as 1, 2, 3
 */
export function philox(counter: Words, key: readonly [number, number]): Words {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = mulHigh(FACTORS[0], c0), low0 = Math.imul(FACTORS[0], c0) >>> 0;
    const high1 = mulHigh(FACTORS[1], c2), low1 = Math.imul(FACTORS[1], c2) >>> 0;
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1, (high0 ^ c3 ^ k1) >>> 0, low0];
    k0 = (k0 + WEYL[0]) >>> 0;
    k1 = (k1 + WEYL[1]) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/**
 * A stream of random numbers. `next()` gives the words from which the kernels make element 0, 1, 2,
 * ... of a tensor with the same seed, stream and step; give the host streams of its own.
 */
export class Philox {
  #block = 0;
  #words: Words = [0, 0, 0, 0];
  #used = 4;
  #spare: number | null = null;

  /**
   * Starts a sequence.
   *
   * @param seed of the run; @param stream for one purpose of it; @param step for one step; all
   * 32-bit unsigned
   * @throws RangeError if one is not
   */
  constructor(readonly seed: number, readonly stream = 0, readonly step = 0) {
    for (const [name, value] of Object.entries({ seed, stream, step })) {
      if (!(Number.isInteger(value) && value >= 0 && value < 2 ** 32)) {
        throw new RangeError(`Philox: ${name} must be an integer in [0, 2^32), got ${value}`);
      }
    }
  }

  /** The next word, an integer in [0, 2^32). */
  next(): number {
    if (this.#used === 4) {
      const block = this.#block++;
      // Counters that no kernel uses, past the first 2^32 blocks.
      const counter: Words = [block >>> 0, this.step, Math.floor(block / 2 ** 32), 0];
      this.#words = philox(counter, [this.seed, this.stream]);
      this.#used = 0;
    }
    return this.#words[this.#used++];
  }

  /** Uniform in [0, 1), with 53 bits from two words. */
  uniform(): number {
    const high = this.next() >>> 5, low = this.next() >>> 6;
    return (high * 2 ** 26 + low) * 2 ** -53;
  }

  /**
   * Uniform among the integers 0 to n - 1, without bias: words above the last multiple of n are
   * thrown away.
   * @throws RangeError unless n is an integer in [1, 2^32]
   */
  below(n: number): number {
    if (!(Number.isInteger(n) && n >= 1 && n <= 2 ** 32)) {
      throw new RangeError(`Philox.below: n must be an integer in [1, 2^32], got ${n}`);
    }
    const limit = 2 ** 32 - 2 ** 32 % n;
    let word = this.next();
    while (word >= limit) word = this.next();
    return word % n;
  }

  /** Standard normal, by Box and Muller; every second call returns the sine of the last pair. */
  normal(): number {
    if (this.#spare !== null) {
      const z = this.#spare;
      this.#spare = null;
      return z;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /**
   * The numbers 0 to n - 1 in random order, all orders equally likely (Fisher and Yates).
   * @throws RangeError unless n is an integer in [0, 2^32)
   */
  permutation(n: number): Uint32Array {
    if (!(Number.isInteger(n) && n >= 0 && n < 2 ** 32)) {
      throw new RangeError(`Philox.permutation: n must be an integer in [0, 2^32), got ${n}`);
    }
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }
}
