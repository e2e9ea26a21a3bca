/** Which IDX file has the classes of another: `train-labels-idx1-ubyte` of `train-images-idx3-ubyte`. */

import type { DataFile } from "./dataset.ts";

/** The name of the file with the classes of a file of images, or undefined for other files. */
export function labelsName(name: string): string | undefined {
  const found = name.replace(/images([.-]idx)3([^/\\]*)$/i, "labels$11$2");
  return found === name ? undefined : found;
}

/** Files of images with their files of classes, which then are no files of their own. */
export function pairLabels(files: readonly DataFile[]): DataFile[] {
  const byName = new Map(files.map((file) => [file.name, file]));
  const partner = ({ name }: DataFile) => byName.get(labelsName(name) ?? "");
  const taken = new Set(files.map(partner));
  return files.filter((file) => !taken.has(file)).map((file) => {
    const labels = partner(file);
    return labels ? { ...file, labels } : file;
  });
}
