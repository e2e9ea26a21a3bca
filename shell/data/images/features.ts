/** Rows of features that a pre-trained model finds in images. */

import { Cancelled, DataError } from "../../errors.ts";
import { allocate } from "../columns.ts";
import type { Dataset, Inflate, ReadOptions } from "../dataset.ts";
import type { Frame } from "../frame.ts";
import { prepareFrame } from "../prepare.ts";
import type { TablePreprocessing } from "../table/preprocessing.ts";
import { decodeImage } from "./decode.ts";
import { type BadImage, bytesOf, doesNotDecode, MISSING, type Where } from "./place.ts";
import type { ImageSettings } from "./settings.ts";

/** Everything that the features of an image depend on: plain JSON, kept with a model. */
export interface FeatureSettings {
  /** A repository of the Hub with ONNX weights, or a folder with its files. */
  readonly model: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  /** Precision of the weights: fp32, fp16, q8, q4, ... */
  readonly dtype: string;
  /** `[height, width]` that images are brought to. */
  readonly size: readonly [number, number];
  /** How an image was brought to the size of the model. */
  readonly fit: ImageSettings["fit"];
  /** What showed through transparency. */
  readonly background: ImageSettings["background"];
}

/** A pre-trained model that is loaded, and what it found before. */
export interface ImageEncoder {
  /** What the features depend on. */
  readonly settings: FeatureSettings;
  /** Images that go through the model together. */
  readonly batch: number;
  /** Finds features, `[n, width]`, of RGB pixels, `[n, height, width, 3]`. */
  encode(pixels: Uint8Array, n: number): Promise<Float32Array>;
  /** The features of a file that was seen before, by its hash. */
  known(hash: string): Float32Array | undefined;
  /** Keeps the features of files, `[hashes, width]`. */
  keep(hashes: readonly string[], features: Float32Array): Promise<void>;
}

/** How features are gathered. */
export interface FeatureRowsOptions {
  readonly encoder: ImageEncoder;
  readonly inflate?: Inflate;
  readonly skip?: boolean;
  readonly signal?: AbortSignal;
}

/** Rows whose features are kept at a time. */
const KEEP = 256;

/** Gathers the features of images, `[n, width]` of f32. */
export class FeatureRows {
  #data = new Float32Array(0);
  #width = 0;
  #done = 0;
  #pushed = 0;
  #bad: BadImage[] = [];
  /** Images whose features are not known: their rows, hashes and pixels. */
  #waiting: { row: number; hash: string; pixels: Uint8Array }[] = [];
  #new: { hash: string; features: Float32Array }[] = [];

  /** @param n number of images that will be pushed */
  constructor(readonly n: number, readonly options: FeatureRowsOptions) {}

  /**
   * Takes the next images: bytes, or objects with a field `bytes`.
   *
   * @throws {DataError} if an image is missing or damaged, unless such are skipped
   * @throws {Cancelled} if the signal is set
   */
  async push(values: ArrayLike<unknown>, where: Where): Promise<void> {
    for (let i = 0; i < values.length; i++) {
      const bytes = bytesOf(values[i]);
      const at = this.#pushed++;
      try {
        if (!bytes) throw new Error(MISSING);
        await this.#take(bytes);
      } catch (error) {
        if (error instanceof DataError) throw error;
        const bad = { at, place: where(i), reason: (error as Error).message };
        if (!this.options.skip) throw doesNotDecode(bad);
        this.#bad.push(bad);
      }
      if (this.#waiting.length >= this.options.encoder.batch) await this.#encode();
    }
  }

  /** @throws {DataError} if no image is left */
  async finish(): Promise<FeaturesFound> {
    await this.#encode();
    await this.#keep();
    if (!this.#done) throw doesNotDecode(this.#bad[0], true);
    const data = this.#data.subarray(0, this.#done * this.#width);
    return { n: this.#done, shape: [this.#width], data, bad: this.#bad };
  }

  /** Keeps what was found, where reading ended early: whatever ended it matters more. */
  async close(): Promise<void> {
    await this.#keep().catch(() => {});
  }

  async #take(bytes: Uint8Array): Promise<void> {
    const { encoder, inflate } = this.options;
    const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(bytes));
    const hash = Array.from(new Uint8Array(digest), (byte) => String.fromCharCode(byte)).join("");
    const known = encoder.known(hash);
    if (known) return this.#put(this.#done++, known);
    const { size, fit, background } = encoder.settings;
    const image = decodeImage(bytes, { size, fit, background, colour: "rgb" }, inflate);
    this.#waiting.push({ row: this.#done++, hash, pixels: image.data });
  }

  #put(row: number, features: Float32Array): void {
    if (!this.#width) {
      this.#width = features.length;
      this.#data = allocate(Float32Array, this.n, [this.#width]);
    }
    this.#data.set(features, row * this.#width);
  }

  async #encode(): Promise<void> {
    if (!this.#waiting.length) return;
    if (this.options.signal?.aborted) {
      throw new Cancelled("finding features of images was stopped");
    }
    const some = this.#waiting.splice(0);
    const size = some[0].pixels.length;
    const pixels = new Uint8Array(some.length * size);
    some.forEach((one, i) => pixels.set(one.pixels, i * size));
    const found = await this.options.encoder.encode(pixels, some.length);
    const width = found.length / some.length;
    some.forEach(({ row, hash }, i) => {
      const features = found.subarray(i * width, (i + 1) * width);
      this.#put(row, features);
      this.#new.push({ hash, features });
    });
    if (this.#new.length >= KEEP) await this.#keep();
  }

  async #keep(): Promise<void> {
    const some = this.#new.splice(0);
    if (!some.length) return;
    const all = new Float32Array(some.length * this.#width);
    some.forEach(({ features }, i) => all.set(features, i * this.#width));
    await this.options.encoder.keep(some.map(({ hash }) => hash), all);
  }
}

/** Features of the images that decoded, in order. */
export interface FeaturesFound {
  readonly n: number;
  readonly shape: number[];
  readonly data: Float32Array;
  readonly bad: readonly BadImage[];
}

/** The features of images as a column of lists. */
export function frameOfFeatures(found: Dataset, column = found.columns[0]): Frame {
  const { name, n, shape: [width], splits, ids } = found;
  const values = Array.from(
    { length: n },
    (_, i) => (found.data as Float32Array).subarray(i * width, (i + 1) * width),
  );
  return { name, n, columns: [{ name: column, type: "list", values }], splits, ids };
}

/** Makes a table of features: like a column of lists, each number on a scale of its own. */
export function prepareFeatures(
  found: Dataset,
  encoder: ImageEncoder,
  options: ReadOptions,
): Dataset {
  const { columns: [column], names, label, labels, labelNames, skipped, lost, notes = [] } = found;
  const roles = { text: [], numeric: [column], categorical: [], dates: [], dropped: [] };
  const table = prepareFrame(frameOfFeatures(found), roles, options);
  const { settings } = encoder;
  const about = `features: ${found.shape[0]} of each image, by ${settings.model} ` +
    `(${settings.dtype})`;
  return {
    ...table,
    ...names ? { names } : {},
    ...labels ? { label, labels, labelNames } : {},
    preprocessing: { ...table.preprocessing as TablePreprocessing, features: settings },
    ...skipped ? { skipped } : {},
    ...{ lost, notes: [about, ...notes] },
  };
}
