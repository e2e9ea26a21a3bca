/** Where images are gathered while files are read: decoded, checked, put into one array. */

import { Cancelled } from "../../errors.ts";
import { allocate } from "../columns.ts";
import type { Inflate } from "../dataset.ts";
import { type Batch, decodeBatch, type Decoded, type Fault } from "./batch.ts";
import { isJpeg, readJpegHeader } from "./jpeg_header.ts";
import {
  type BadImage,
  bytesOf,
  doesNotDecode,
  doesNotMatch,
  type ImagePlace,
  inWords,
  type Where,
} from "./place.ts";
import { Pool } from "./pool.ts";
import type { ImageSettings } from "./settings.ts";
import { cores } from "./thread.ts";

/** How images are read. */
export interface ImageRowsOptions {
  readonly settings: ImageSettings;
  /** A fast zlib for the calling thread, where the runtime has one. */
  readonly inflate?: Inflate;
  /** Whether images that do not decode are left out; else the first one is an error. */
  readonly skip?: boolean;
  /** Threads that decode, 0 for the calling one; by default one per core if there is much to do. */
  readonly workers?: number;
  /** Whether the settings are those of a model: messages advise no others. */
  readonly asTrained?: boolean;
  readonly signal?: AbortSignal;
}

/** The images that decoded, `[n, height, width, channels]`, in the order in which they came. */
export interface Images {
  readonly n: number;
  readonly shape: number[];
  readonly data: Uint8Array;
  /** Those that did not, in order. */
  readonly bad: readonly BadImage[];
}

/** Whether this is a page's own thread, which must not be kept busy. */
const isPage = typeof document !== "undefined";

/** A batch has at most so many images, bytes of files, and bytes of pixels. */
const BATCH = { images: 512, bytes: 1 << 21, pixels: 1 << 22 };
/** Bytes of PNG for which it is worth to start threads: a second of decoding. */
const MUCH = 1 << 25;
/** Bytes of PNG that take as long as a byte of JPEG. */
const JPEG_COSTS = 16;
/** Bytes that a pixel of a JPEG takes while it is decoded, and bytes for all threads together. */
const JPEG_MEMORY = 45, MEMORY = 2 ** 31;
/** Milliseconds that the calling thread may be busy. */
const SLICE = 12;
/** More threads than this would wait for the files. */
const MOST_WORKERS = 8;

/**
 * Threads for images of which this is one: none if there is little to do, else one for each core but
 * that of the calling thread, as far as there is memory for large photographs in all of them.
 */
async function workersFor(file: Uint8Array, n: number): Promise<number> {
  const jpeg = isJpeg(file);
  if (n * file.length * (jpeg ? JPEG_COSTS : 1) < MUCH) return 0;
  const { width, height } = jpeg ? readJpegHeader(file) : { width: 1, height: 1 };
  const fit = Math.floor(MEMORY / (width * height * JPEG_MEMORY)) - 1;
  return Math.max(1, Math.min(MOST_WORKERS, await cores() - 1, fit));
}

/** Gathers images, all of one shape: that of the first one. */
export class ImageRows {
  #shape: number[] = [];
  #data = new Uint8Array(0);
  #first?: ImagePlace;
  #done = 0;
  #bad: (BadImage & Fault)[] = [];
  #pool?: Pool;
  #underWay = new Set<Promise<void>>();
  #breathed = performance.now();
  #spare: Pick<Decoded, "data" | "bytes">[] = [];

  /** @param n number of images that will be pushed */
  constructor(readonly n: number, readonly options: ImageRowsOptions) {}

  /**
   * Takes the next images: bytes, or objects with a field `bytes`. They may still be under way when
   * this returns.
   *
   * @throws {DataError} if an image is missing or damaged, unless such are skipped; or if one has
   *   another shape than the first
   * @throws {Cancelled} if the signal is set
   */
  async push(values: ArrayLike<unknown>, where: Where): Promise<void> {
    const files = Array.from(values, bytesOf);
    let begin = 0;
    while (!this.#shape.length && begin < files.length) {
      await this.#decodeFirst(files[begin], begin, where);
      begin++;
    }
    const size = this.#shape.reduce((a, b) => a * b, 1);
    while (begin < files.length) {
      if (this.options.signal?.aborted) throw new Cancelled("reading images was stopped");
      const end = batchEnd(files, begin, size);
      await this.#decode(files.slice(begin, end), begin, where);
      begin = end;
    }
  }

  /**
   * Waits for the last images.
   *
   * @throws {DataError} as {@link push} does, and if no image is left
   */
  async finish(): Promise<Images> {
    await Promise.all(this.#underWay);
    this.close();
    this.#throwFirst();
    if (!this.#shape.length) throw doesNotDecode(this.#bad[0], true);
    return this.#withoutBad();
  }

  /** Ends the threads: to be called if reading ends early. */
  close(): void {
    this.#pool?.close();
    this.#pool = undefined;
  }

  /** Decodes an image that tells the shape of all others, and starts threads for those. */
  async #decodeFirst(file: Uint8Array | undefined, i: number, where: Where): Promise<void> {
    const { settings, inflate, workers } = this.options;
    // No image has this shape: the fault tells its own.
    const { faults: [fault] } = decodeBatch(batchOf([file], [0, 0, 0], settings), inflate);
    if (!fault.shape) return this.#note([fault], this.#done++, i, where);
    this.#shape = [...fault.shape];
    this.#data = allocate(Uint8Array, this.n, this.#shape);
    this.#first = where(i);
    const count = workers ?? await workersFor(file!, this.n);
    if (count) this.#pool = await Pool.start(count);
    await this.#decode([file], i, where);
  }

  async #decode(files: (Uint8Array | undefined)[], i: number, where: Where): Promise<void> {
    const at = this.#done;
    this.#done += files.length;
    const batch = this.#batch(files);
    const take = (decoded: Decoded) => this.#take(decoded, files.length, at, i, where);
    // With all threads busy this one does its share, but where somebody may look at a page.
    const busy = this.#pool && this.#underWay.size >= this.#pool.limit;
    if (this.#pool && (!busy || isPage)) await this.#send(this.#pool, batch, take);
    else {
      take(decodeBatch(batch, this.options.inflate));
      await this.#breathe();
    }
    if (!this.#bad.some((fault) => this.#isFatal(fault))) return;
    // An earlier image may be bad, too.
    await Promise.all(this.#underWay);
    this.#throwFirst();
  }

  /** Lets timers, signals and threads through, now and then. */
  async #breathe(): Promise<void> {
    if (performance.now() - this.#breathed < SLICE) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.#breathed = performance.now();
  }

  /** A batch in arrays of finished ones: new ones would be garbage before the next is collected. */
  #batch(files: (Uint8Array | undefined)[]): Batch {
    const spare = this.#spare.pop();
    const batch = batchOf(files, this.#shape, this.options.settings, spare?.bytes);
    return { ...batch, spare: spare?.data };
  }

  /** Hands a batch to the threads; waits while too many are under way. */
  async #send(pool: Pool, batch: Batch, take: (decoded: Decoded) => void): Promise<void> {
    while (this.#underWay.size >= pool.limit) await Promise.race(this.#underWay);
    const job = pool.decode(batch).then(take).finally(() => this.#underWay.delete(job));
    // Whoever waits for it hears of a failure; nobody may wait yet.
    job.catch(() => {});
    this.#underWay.add(job);
  }

  #take({ data, faults, bytes }: Decoded, n: number, at: number, i: number, where: Where): void {
    const size = this.#shape.reduce((a, b) => a * b, 1);
    this.#data.set(data.subarray(0, n * size), at * size);
    this.#spare.push({ data, bytes });
    this.#note(faults, at, i, where);
  }

  #note(faults: readonly Fault[], at: number, i: number, where: Where): void {
    for (const fault of faults) {
      const { reason = "", shape } = fault;
      this.#bad.push({ at: at + fault.at, place: where(i + fault.at), reason, shape });
    }
    if (faults.length) this.#bad.sort((a, b) => a.at - b.at);
    if (!this.#shape.length) this.#throwFirst();
  }

  /** Another shape is a matter of settings, and no row is left out for it. */
  #isFatal({ shape }: Fault): boolean {
    return shape !== undefined || !this.options.skip;
  }

  /** @throws {DataError} for the first image that must not be */
  #throwFirst(): void {
    const fault = this.#bad.find((one) => this.#isFatal(one));
    if (!fault) return;
    this.close();
    const { place, shape } = fault;
    if (!shape) throw doesNotDecode(fault);
    const first = { name: this.#firstIn(place.file), shape: this.#shape };
    throw doesNotMatch({ name: inWords(place), shape }, first, this.options.asTrained);
  }

  /** The first image, as it is called beside one of a file. */
  #firstIn(file: string): string {
    const { file: own, row } = this.#first!;
    return row === undefined ? own : `row ${row}${own === file ? "" : ` of ${own}`}`;
  }

  /** Closes the gaps that bad images left. */
  #withoutBad(): Images {
    const size = this.#shape.reduce((a, b) => a * b, 1);
    const gaps = [...this.#bad.map(({ at }) => at), this.#done];
    let n = gaps[0];
    for (let g = 1; g < gaps.length; g++) {
      const begin = gaps[g - 1] + 1;
      this.#data.copyWithin(n * size, begin * size, gaps[g] * size);
      n += gaps[g] - begin;
    }
    const bad = this.#bad.map(({ at, place, reason }) => ({ at, place, reason }));
    return { n, shape: this.#shape, data: this.#data.subarray(0, n * size), bad };
  }
}

/** The files of a batch, put together: what they lie in may be large or shared. */
function batchOf(
  files: readonly (Uint8Array | undefined)[],
  shape: readonly number[],
  settings: ImageSettings,
  spare?: Uint8Array<ArrayBuffer>,
): Batch {
  const lengths = Int32Array.from(files, (file) => file?.length ?? -1);
  const length = files.reduce((sum, file) => sum + (file?.length ?? 0), 0);
  // A little more, so that the next batch fits as well.
  const bytes = spare && spare.length >= length ? spare : new Uint8Array(length * 9 / 8);
  let at = 0;
  for (const file of files) {
    if (!file) continue;
    bytes.set(file, at);
    at += file.length;
  }
  return { bytes, lengths, shape, settings };
}

/** Where the batch that begins with a file ends. */
function batchEnd(
  files: readonly (Uint8Array | undefined)[],
  begin: number,
  size: number,
): number {
  const most = Math.max(1, Math.min(BATCH.images, Math.floor(BATCH.pixels / size)));
  let bytes = files[begin]?.length ?? 0;
  let end = begin + 1;
  for (; end < files.length && end - begin < most; end++) {
    bytes += files[end]?.length ?? 0;
    if (bytes > BATCH.bytes) break;
  }
  return end;
}
