/** A file at an address, fetched whole. */

import { Cancelled, DataError } from "../errors.ts";
import type { DataFile, Progress, Source } from "./dataset.ts";
import { formatByName } from "./formats.ts";
import { joined, memoryBuffer, partsOf } from "./bytes.ts";
import { IMAGE, isImageName } from "./images/files.ts";
import { splitOf } from "./split_names.ts";

/** How a file is fetched. */
export interface UrlOptions {
  /** Stops the work: `Cancelled` is thrown. */
  readonly signal?: AbortSignal;
  /** Bytes that are there, of how many. */
  readonly onProgress?: Progress;
  /** By default the runtime's own. */
  readonly fetch?: typeof fetch;
}

/** Whether a name is an address. */
export const isUrl = (name: string) => /^https?:\/\//i.test(name);

/**
 * Fetches a file. Messages call it by its address without what stands behind a "?", which may be
 * secret.
 *
 * @throws {DataError} if the address is none, the server does not answer or refuses
 * @throws {Cancelled} if the signal is set
 */
export async function openUrl(address: string, options: UrlOptions = {}): Promise<Source> {
  const name = nameOf(address);
  const bytes = await fetchAll(address, name, options);
  const path = decoded(new URL(name).pathname);
  const format = isImageName(path) ? IMAGE : formatByName(path);
  const file: DataFile = {
    ...{ name, split: splitOf(path.split("/").at(-1)!), format },
    open: () => Promise.resolve(memoryBuffer(bytes)),
  };
  return { name, files: [file] };
}

function nameOf(address: string): string {
  try {
    const { origin, pathname, username, password } = new URL(address);
    if (!username && !password) return origin + pathname;
  } catch {
    throw new DataError(`${JSON.stringify(address)} is no address: write https://host/path`);
  }
  throw new DataError("an address with a name and a password in it cannot be read: leave them out");
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

async function fetchAll(address: string, name: string, options: UrlOptions): Promise<Uint8Array> {
  const { signal, onProgress, fetch: get = fetch } = options;
  try {
    const response = await get(address, { signal });
    if (!response.ok) {
      await response.body?.cancel();
      throw new DataError(`cannot read ${name}: ${reasonOf(response.status)}`);
    }
    const total = Number(response.headers.get("content-length")) || 0;
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of partsOf(response.body!)) {
      parts.push(part);
      length += part.length;
      onProgress?.("download", length, Math.max(total, length));
    }
    return joined(parts, length);
  } catch (error) {
    if (signal?.aborted) throw new Cancelled(`reading ${name} was stopped`);
    if (error instanceof DataError) throw error;
    throw new DataError(
      `cannot read ${name}: the server does not answer, or stopped in the middle: check the ` +
        "address and the network",
      { cause: error },
    );
  }
}

function reasonOf(status: number): string {
  if (status === 404 || status === 410) return `there is nothing (${status}): check the address`;
  if (status === 401 || status === 403) return `the server wants a permission (${status})`;
  if (status === 429) return "the server was asked too often (429): try again later";
  return `the server answers ${status}: ${status >= 500 ? "try again later" : "check the address"}`;
}
