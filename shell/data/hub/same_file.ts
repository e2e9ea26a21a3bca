/** Whether all that is read of a remote file is of one file, although it may change meanwhile. */

import { DataError } from "../../errors.ts";
import { Broken } from "./http.ts";
import type { Parts } from "./store.ts";

/** The file that is meant. */
interface Expected {
  /** What messages call it. */
  readonly name: string;
  readonly size: number;
  /** Where its parts are kept, and its ETag. */
  readonly parts: Parts;
}

/** Compares sizes, ranges and ETags of answers with each other, and with what is kept. */
export class SameFile {
  /** The ETag that all answers have. */
  #tagged?: Promise<string>;
  #old = false;

  constructor(readonly expected: Expected) {}

  /** Parts that were fetched before this process have been given out. */
  useOld(): void {
    this.#old = true;
  }

  /**
   * Checks an answer to a request for the bytes from `begin` on.
   *
   * @returns the bytes of it to skip
   * @throws {DataError} if it is of another file @throws {Broken} if it is of another range
   */
  async accept({ headers, status }: Response, begin: number): Promise<number> {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "");
    const length = headers.get("content-length");
    const total = status === 206 ? range?.[2] : headers.has("content-encoding") ? null : length;
    if (total && total !== "*" && Number(total) !== this.expected.size) throw this.#changed();
    if (status === 206 && range && Number(range[1]) !== begin) throw new Broken("another range");
    await this.#checkTag(headers.get("etag")?.replace(/^W\//, "").replaceAll('"', ""));
    return status === 206 ? 0 : begin;
  }

  /** Makes sure that all parts are of one file, those of earlier days included. */
  async #checkTag(tag: string | undefined): Promise<void> {
    // Not every server lets a page see it.
    if (tag === undefined) return;
    const { parts } = this.expected;
    this.#tagged ??= parts.tag().then(async (stored) => {
      if (stored === tag) return tag;
      if (stored !== undefined) await parts.clear();
      await parts.mark(tag);
      if (stored !== undefined && this.#old) throw this.#changed();
      return tag;
    });
    if (await this.#tagged === tag) return;
    await parts.clear();
    throw this.#changed();
  }

  #changed(): DataError {
    return new DataError(`${this.expected.name} changed on the Hub while it was read: run again`);
  }
}
