/** Rows in parts that are read when they are needed, and how many of them are kept. */

import type { Numbers } from "../device/device.ts";

/** Samples that are not all in memory. */
export interface ShardSource {
  /** Numbers in a row. */
  readonly width: number;
  /** Bytes, which stand for 0 to 1, or floats. */
  readonly type: "u8" | "f32";
  /** First row of each shard, from 0, and the number of rows at the end. */
  readonly starts: readonly number[];
  /** Reads the rows of a shard: always the same ones. */
  read(shard: number): Promise<Numbers>;
}

/** The shards that were read last, as many as fit into a number of bytes. */
export class ShardCache {
  /** The one that was used longest ago comes first. */
  readonly #held = new Map<number, Numbers>();
  readonly #coming = new Map<number, Promise<Numbers>>();
  #soon: readonly number[] = [];
  #bytes = 0;
  #peak = 0;
  #reads = 0;

  /**
   * @param limit bytes of rows that are held at most, those on their way included
   * @throws RangeError if not even the largest shard fits
   */
  constructor(readonly source: ShardSource, readonly limit: number) {
    const largest = Math.max(...source.starts.slice(1).map((_, shard) => this.#bytesOf(shard)));
    if (largest > limit) {
      throw new RangeError(`shards: the largest has ${largest} bytes, and ${limit} may be held`);
    }
  }

  /** Bytes that were held at most. */
  get peak(): number {
    return this.#peak;
  }

  /** Shards that were read from the source, one read twice counting twice. */
  get reads(): number {
    return this.#reads;
  }

  /** Whether nothing is being read. */
  get idle(): boolean {
    return this.#coming.size === 0;
  }

  /** The rows of a shard, to be used before anything else is awaited. */
  async read(shard: number): Promise<Numbers> {
    for (;;) {
      const held = this.#held.get(shard);
      if (held) {
        this.#held.delete(shard);
        this.#held.set(shard, held);
        return held;
      }
      const coming = this.#coming.get(shard);
      if (coming) await coming;
      else if (this.#makeRoom(this.#bytesOf(shard))) return await this.#load(shard);
      else await Promise.race(this.#coming.values());
    }
  }

  /**
   * Begins to read the shards that are not there, one after the other, while there is room beside
   * the others.
   *
   * @param soon shards that are needed next, in order
   */
  ahead(soon: readonly number[]): void {
    this.#soon = soon;
    // What fails now fails again when it is needed, and is told then.
    if (this.idle) this.#follow().catch(() => {});
  }

  async #follow(): Promise<void> {
    for (;;) {
      const soon = this.#soon;
      const next = soon.find((shard) => !this.#held.has(shard) && !this.#coming.has(shard));
      if (next === undefined || !this.#makeRoom(this.#bytesOf(next), soon)) return;
      await this.#load(next);
    }
  }

  #bytesOf(shard: number): number {
    const { starts, width, type } = this.source;
    return (starts[shard + 1] - starts[shard]) * width * (type === "u8" ? 1 : 4);
  }

  /** Lets shards go until so many bytes are free; false if that cannot be. */
  #makeRoom(bytes: number, keep: readonly number[] = []): boolean {
    for (const shard of [...this.#held.keys()]) {
      if (this.#bytes + bytes <= this.limit) break;
      if (keep.includes(shard)) continue;
      this.#held.delete(shard);
      this.#bytes -= this.#bytesOf(shard);
    }
    return this.#bytes + bytes <= this.limit;
  }

  async #load(shard: number): Promise<Numbers> {
    const bytes = this.#bytesOf(shard);
    this.#bytes += bytes;
    this.#peak = Math.max(this.#peak, this.#bytes);
    this.#reads++;
    const coming = this.source.read(shard);
    this.#coming.set(shard, coming);
    try {
      const values = await coming;
      this.#held.set(shard, values);
      return values;
    } catch (error) {
      this.#bytes -= bytes;
      throw error;
    } finally {
      this.#coming.delete(shard);
    }
  }
}
