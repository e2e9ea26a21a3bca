/** A file of the Hub as hyparquet reads it: fetched in parts, each part once. */

import type { AsyncBuffer } from "hyparquet";
import { DataError } from "../../errors.ts";
import { edgesOf } from "./edges.ts";
import { type Http, HttpError } from "./http.ts";
import { fileRefusal } from "./messages.ts";
import { RecentParts } from "./recent_parts.ts";
import { SameFile } from "./same_file.ts";
import type { Parts } from "./store.ts";

/** Files below are fetched whole, by as few requests as can be. */
const WHOLE = 128 << 20;
/** Parts that one request asks for in a larger file. */
const TOGETHER = 16;
/** Parts that stay in memory: of one who reads in order, the last one and the one before. */
const RECENT = 2;
/** Rounds after which a part that comes and does not stay is given up. */
const ROUNDS = 5;

/** What is to be fetched, and how. */
export interface RemoteOptions {
  readonly http: Http;
  readonly url: string;
  /** What messages call it. */
  readonly name: string;
  /** The data set's page, where people ask for access. */
  readonly page: string;
  readonly size: number;
  readonly parts: Parts;
  /** Fetch only what is asked for, because little will be. */
  readonly sparse: boolean;
  /** Is told of bytes that have come, or were there. */
  readonly onBytes?: (bytes: number) => void;
  /** Bytes below which a file is fetched whole; tests make it small. */
  readonly whole?: number;
  readonly part?: number;
}

/** A part on its way. */
interface Coming {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Random access to a remote file. Parts that are asked for together, or follow each other, come by
 * one request; a broken one goes on where it broke.
 */
export class RemoteFile implements AsyncBuffer {
  readonly byteLength: number;
  /** Where parts begin, and the end. */
  readonly #edges: number[];
  readonly #recent: RecentParts;
  /** Those who copy from parts do so one after another: a part may make room for the next. */
  #turn = Promise.resolve();
  readonly #coming = new Map<number, Coming>();
  #wanted = new Set<number>();
  /** Parts that a request has been made for. */
  readonly #running = new Set<number>();
  readonly #counted = new Set<number>();
  readonly #sameFile: SameFile;
  /** It is no Parquet file. */
  #junk = false;
  /** The server has refused ranges of this file. */
  #noRanges = false;

  constructor(readonly options: RemoteOptions) {
    this.byteLength = options.size;
    this.#sameFile = new SameFile(options);
    this.#edges = edgesOf(options.size, options.part);
    const sizes = this.#edges.slice(1).map((_, i) => this.#size(i));
    this.#recent = new RecentParts(RECENT, sizes.reduce((a, b) => Math.max(a, b), 0));
  }

  /** @throws {DataError} if the file cannot be fetched @throws {Cancelled} if that is stopped */
  async slice(begin: number, end = this.byteLength): Promise<ArrayBuffer> {
    [begin, end] = [begin, end].map((at) =>
      Math.min(Math.max(at < 0 ? at + this.byteLength : at, 0), this.byteLength)
    );
    const out = new Uint8Array(Math.max(0, end - begin));
    const touched = Array.from(this.#edges.keys()).slice(0, -1)
      .filter((i) => this.#edges[i] < end && this.#edges[i + 1] > begin);
    const copy = (part: Uint8Array, i: number) => {
      const from = Math.max(begin, this.#edges[i]);
      const to = Math.min(end, this.#edges[i + 1]);
      out.set(part.subarray(from - this.#edges[i], to - this.#edges[i]), from - begin);
    };
    // Before any is waited for, so that neighbours come together.
    const there = await Promise.all(touched.map((i) => this.#there(i)));
    touched.filter((_, j) => !there[j]).forEach((i) => this.#fetch(i));
    await Promise.all(touched.map((i) => this.#coming.get(i)?.promise));
    const before = this.#turn;
    const copied = before.then(async () => {
      for (const i of touched) await this.#part(i, (part) => copy(part, i));
    });
    this.#turn = copied.catch(() => {});
    await copied;
    return out.buffer;
  }

  #there(i: number): boolean | Promise<boolean> {
    return this.#recent.has(i) || this.#coming.has(i) ||
      this.options.parts.has(i, this.#size(i));
  }

  #size(i: number): number {
    return this.#edges[i + 1] - this.#edges[i];
  }

  /** @param use is done with the bytes when it returns */
  async #part(i: number, use: (bytes: Uint8Array) => void): Promise<void> {
    for (let round = 0; round < ROUNDS; round++) {
      const recent = this.#recent.get(i);
      if (recent) return use(recent);
      if (!this.#coming.has(i)) {
        const into = this.#recent.take();
        const stored = await this.options.parts.read(i, this.#size(i), into);
        if (stored?.buffer !== into.buffer) this.#recent.giveBack(into);
        if (stored) {
          if (!this.#counted.has(i)) this.#sameFile.useOld();
          this.#count(i, stored.length);
          return use(this.#recent.keep(i, stored));
        }
      }
      await this.#fetch(i);
    }
    throw new DataError(`${this.options.name} does not stay in its cache: choose another folder`);
  }

  #count(i: number, bytes: number): void {
    if (this.#counted.has(i)) return;
    this.#counted.add(i);
    this.options.onBytes?.(bytes);
  }

  /** Resolves when a part has come; what is asked for at the same time is fetched together. */
  #fetch(i: number): Promise<void> {
    const coming = this.#coming.get(i);
    if (coming) return coming.promise;
    if (!this.#wanted.size) setTimeout(() => this.#flush());
    this.#wanted.add(i);
    return this.#expect(i).promise;
  }

  #expect(i: number): Coming {
    let resolve = () => {}, reject = (_: unknown) => {};
    const promise = new Promise<void>((done, failed) => [resolve, reject] = [done, failed]);
    // Nobody may be waiting for a part that is fetched along with others.
    promise.catch(() => {});
    const coming = { promise, resolve, reject };
    this.#coming.set(i, coming);
    return coming;
  }

  async #flush(): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = new Set();
    for (const first of [...wanted].sort((a, b) => a - b)) {
      if (this.#running.has(first)) continue;
      this.#running.add(first);
      let last = first;
      while (last - first + 1 < this.#most && await this.#joins(last + 1, first, wanted)) {
        this.#running.add(++last);
      }
      const run = Array.from({ length: last - first + 1 }, (_, j) => first + j);
      const end = (error?: unknown) =>
        run.filter((i) => this.#running.has(i)).forEach((i) => this.#settle(i, error));
      this.#request(first, last).then(
        () => end(),
        (error) => end(fileRefusal(error, this.options)),
      );
    }
  }

  /** Parts that one request may ask for. */
  get #most(): number {
    const { size, whole = WHOLE } = this.options;
    return size < whole ? Infinity : TOGETHER;
  }

  /**
   * Whether a request that begins with part `first` should go on over the next one: because it is
   * wanted, because the file is fetched whole (but its tail), or for one who reads in order.
   */
  async #joins(next: number, first: number, wanted: Set<number>): Promise<boolean> {
    if (this.#running.has(next)) return false;
    if (wanted.has(next)) return true;
    const { sparse, parts } = this.options;
    const inOrder = this.#most === Infinity || this.#recent.has(first - 1);
    if (sparse || !inOrder || next >= this.#edges.length - 2) return false;
    const there = () => this.#recent.has(next) || this.#coming.has(next);
    if (there() || await parts.has(next, this.#size(next)).catch(() => false) || there()) {
      return false;
    }
    this.#expect(next);
    return true;
  }

  #settle(i: number, error?: unknown): void {
    const coming = this.#coming.get(i);
    this.#running.delete(i);
    this.#coming.delete(i);
    if (error === undefined) coming?.resolve();
    else coming?.reject(error);
  }

  /** Fetches parts `first` to `last` (included), which are stored as they become whole. */
  async #request(first: number, last: number): Promise<void> {
    const { http, url } = this.options;
    const end = this.#edges[last + 1];
    const part = this.#recent.take();
    let i = first, filled = 0;
    const received = () => this.#edges[i] + filled;
    const headers = (): Record<string, string> => {
      const all = received() === 0 && end === this.byteLength;
      return all || this.#noRanges ? {} : { Range: `bytes=${received()}-${end - 1}` };
    };
    const take = async (chunk: Uint8Array) => {
      while (chunk.length && i <= last) {
        const next = chunk.subarray(0, this.#size(i) - filled);
        part.set(next, filled);
        filled += next.length;
        chunk = chunk.subarray(next.length);
        if (filled < this.#size(i)) continue;
        await this.#keep(i, part.subarray(0, filled));
        [i, filled] = [i + 1, 0];
      }
      return i > last;
    };
    const begin = async (response: Response) => {
      const skip = await this.#sameFile.accept(response, received());
      let left = skip;
      return (chunk: Uint8Array) => {
        const dropped = Math.min(left, chunk.length);
        left -= dropped;
        return take(chunk.subarray(dropped));
      };
    };
    try {
      await this.#whileRanges(() => http.stream(url, headers, begin, received));
    } finally {
      this.#recent.giveBack(part);
    }
  }

  /** Does without ranges where the server refuses them. */
  async #whileRanges(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.#noRanges || !(error instanceof HttpError) || error.status !== 416) throw error;
      this.#noRanges = true;
      await work();
    }
  }

  async #keep(i: number, bytes: Uint8Array): Promise<void> {
    const text = (at: number) => String.fromCharCode(...bytes.subarray(at).subarray(0, 4));
    const good = (i > 0 || text(0) === "PAR1") &&
      (i < this.#edges.length - 2 || text(-4) === "PAR1");
    if (!good) {
      // An accident, such as a proxy's page, must not stay.
      this.#junk = true;
      await this.options.parts.clear();
    }
    if (this.#junk) this.#recent.keep(i, bytes.slice());
    else await this.options.parts.write(i, bytes);
    this.#count(i, bytes.length);
    this.#settle(i);
  }
}
