/** Data in pages: all of `index.ts` that needs no files on a disk. */

import { DataError } from "../errors.ts";
import { openBlobs } from "./blob_source.ts";
import type { Dataset, ReadOptions, Source } from "./dataset.ts";
import { READABLE } from "./formats.ts";
import { type HubOptions, openHub, parseHubName } from "./hub/hub.ts";
import { isUrl, openUrl } from "./open_url.ts";
import { readSource } from "./read_source.ts";

export { openBlobs } from "./blob_source.ts";
export type {
  DataFile,
  Dataset,
  Inflate,
  Progress,
  ReadOptions,
  Skipped,
  Source,
  Split,
} from "./dataset.ts";
export type { BadRows, Dropped, Frame, FrameColumn, Roles } from "./frame.ts";
export { type HubOptions, hubSplits, openHub } from "./hub/hub.ts";
export { decodeModel, describeModel, encodeModel, type ModelFile } from "./model_file.ts";
export { decodeNpy, encodeNpy, type NpyArray } from "./npy.ts";
export { openUrl, type UrlOptions } from "./open_url.ts";
export { prepareFrame, textsOf } from "./prepare.ts";
export { type FrameOptions, readFrame } from "./read_frame.ts";
export { readSource } from "./read_source.ts";
export { findRoles, type Overrides } from "./roles.ts";
export { applyPreprocessing, type Numbers } from "./table/apply.ts";
export type { TablePreprocessing, TableSettings } from "./table/preprocessing.ts";

/**
 * Opens and reads a data set, as `loadDataset` does outside of pages.
 *
 * @param data the `File` objects that a person chose, an address, or `owner/name` of the Hugging
 *   Face Hub
 * @throws {DataError} if it cannot be opened or read, or its columns cannot be used
 * @throws {RangeError} if the limit is no positive integer
 * @throws {Cancelled} if the signal is set
 */
export async function loadDataset(
  data: string | Iterable<Blob>,
  options: ReadOptions & HubOptions = {},
): Promise<Dataset> {
  return await readSource(await open(data, options), options);
}

async function open(data: string | Iterable<Blob>, options: HubOptions): Promise<Source> {
  if (typeof data !== "string") return openBlobs(data);
  if (isUrl(data)) return await openUrl(data, options);
  if (parseHubName(data)) return await openHub(data, options);
  throw new DataError(
    `${JSON.stringify(data)} is no data set that a page can read: give ${READABLE} files, an ` +
      "address, or owner/name of the Hugging Face Hub",
  );
}
