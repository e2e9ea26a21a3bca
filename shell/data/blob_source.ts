/** Files that a person chose in a page. */

import type { DataFile, Source } from "./dataset.ts";
import { formatByName } from "./formats.ts";
import { pairLabels } from "./idx_pairs.ts";
import { IMAGE, isImageName, placeOf } from "./images/files.ts";
import { bySplit, splitOf } from "./split_names.ts";

/**
 * A source of `File` or `Blob` objects, which are read in slices as they are needed. Images have the
 * class, and the split, that the folders in their relative path tell.
 *
 * @param name what messages call it; by default the first file's name
 */
export function openBlobs(blobs: Iterable<Blob>, name?: string): Source {
  const files = [...blobs].map((blob, i): DataFile => {
    const { name: own = `file ${i + 1}`, webkitRelativePath = "" } = blob as Partial<File>;
    const path = webkitRelativePath.split("/").slice(1).join("/") || own;
    const open = () =>
      Promise.resolve({
        byteLength: blob.size,
        slice: (begin: number, end = blob.size) => blob.slice(begin, end).arrayBuffer(),
      });
    if (isImageName(own)) return { name: path, format: IMAGE, ...placeOf(path), open };
    return { name: path, split: splitOf(path), format: formatByName(own), open };
  });
  const paired = pairLabels(files).sort((a, b) => bySplit(a.split, b.split));
  return { name: name ?? paired[0]?.name ?? "the files", files: paired };
}
