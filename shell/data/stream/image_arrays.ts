/** Arrays of images that are more than memory. */

import { readArrays, readIdxLabels } from "../array_files.ts";
import { describeArrays } from "../array_images.ts";
import { areImages } from "../array_part.ts";
import type { Dataset, ReadOptions, Source } from "../dataset.ts";
import { formatOf, openPlain } from "../formats.ts";
import { bySplit } from "../split_names.ts";
import { cutArray } from "./array_cuts.ts";
import { refuseSkipping, runsOf, shardsOf, sizesOf } from "./parts.ts";

/**
 * Images in `.npy` or IDX files, in shards; undefined if they fit into `options.memory`, or are in
 * files that cannot be read from the middle.
 *
 * @throws {DataError} as reading all of them does
 */
export async function shardArrays(
  source: Source,
  options: ReadOptions,
): Promise<Dataset | undefined> {
  const { memory = Infinity } = options;
  const found = [];
  for (const file of source.files) {
    const format = await formatOf(file);
    if (format !== "npy" && format !== "idx") return undefined;
    const cuts = await cutArray(file, format);
    if (!cuts?.bytes || !areImages({ shape: cuts.shape, data: new Uint8Array(0) })) {
      return undefined;
    }
    const labels = file.labels &&
      await readIdxLabels(await openPlain(file.labels), file.labels.name);
    const { shape } = cuts, { split, name } = file;
    found.push({ cuts, format, part: { x: { shape }, labels, split, file: name } } as const);
  }
  found.sort((a, b) => bySplit(a.part.split, b.part.split));
  const { shares, ...about } = describeArrays(
    ...[source.name, found.map(({ part }) => part), options] as const,
  );
  const width = about.shape.reduce((a, b) => a * b, 1);
  if (about.n * width <= memory) return undefined;
  refuseSkipping(source, options);
  const sizes = sizesOf(source.name, width, memory);
  const parts = found.flatMap(({ cuts, format }, i) =>
    runsOf({ ...cuts, from: 0, take: shares[i].take }, sizes)
      .map((run) => ({ ...run, format, file: cuts.cut(run.begin, run.end) }))
  );
  const shards = shardsOf(parts, width, "u8", async ({ file, format }) => {
    const [{ x }] = await readArrays(format, await file.open(), file.name);
    return x.data;
  });
  return { ...about, data: new Uint8Array(0), shards };
}
