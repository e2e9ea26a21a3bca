/** The parts of a file that were used last, in arrays that are used again. */

/**
 * Keeps some parts. Arrays come from here and return here: new ones for each part would be garbage
 * long before the runtime looks for any.
 */
export class RecentParts {
  readonly #parts = new Map<number, Uint8Array>();
  readonly #spare: Uint8Array[] = [];
  /** The arrays that were made here; others are not used again. */
  readonly #own = new WeakSet<ArrayBufferLike>();

  /** @param count parts that are kept @param size bytes of the largest part */
  constructor(readonly count: number, readonly size: number) {}

  /** Whether a part is here. */
  has(index: number): boolean {
    return this.#parts.has(index);
  }

  /** A part, until the next one is kept. */
  get(index: number): Uint8Array | undefined {
    const bytes = this.#parts.get(index);
    return bytes && this.keep(index, bytes);
  }

  /** Keeps a part, and lets the one go that was used longest ago. */
  keep(index: number, bytes: Uint8Array): Uint8Array {
    this.#parts.delete(index);
    this.#parts.set(index, bytes);
    if (this.#parts.size > this.count) {
      const [[oldest, { buffer }]] = this.#parts;
      this.#parts.delete(oldest);
      if (this.#own.has(buffer)) this.#spare.push(new Uint8Array(buffer));
    }
    return bytes;
  }

  /** An array that any part fits into. */
  take(): Uint8Array {
    const spare = this.#spare.pop();
    if (spare) return spare;
    const array = new Uint8Array(this.size);
    this.#own.add(array.buffer);
    return array;
  }

  /** An array that was taken and in which nothing is kept. */
  giveBack(array: Uint8Array): void {
    this.#spare.push(array);
  }
}
