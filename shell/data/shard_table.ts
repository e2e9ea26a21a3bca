/** Tables that are more than memory. */

import { parquetSchema } from "hyparquet";
import type { Dataset, ReadOptions, Source } from "./dataset.ts";
import { describeTable } from "./notes.ts";
import { classesOf } from "./prepare.ts";
import { type FrameOptions, readFrame } from "./read_frame.ts";
import { findRoles } from "./roles.ts";
import { countRows, firstRows, partsOf, refuseSkipping, shardsOf, sourceOf } from "./shards.ts";
import { applyPreprocessing } from "./table/apply.ts";
import { fitTable } from "./table/fit.ts";
import { namesOf, type TablePreprocessing } from "./table/preprocessing.ts";

/** Rows that tell how wide a row will be. */
const PROBE = 1000;
/** Shards, spread evenly, that columns are measured on. */
const SAMPLE = 4;

/**
 * A table in Parquet files, in shards; undefined if it fits into `options.memory`, or if it has
 * texts, which are not streamed. What columns are, and how they are scaled, is measured on four
 * shards.
 *
 * @throws {DataError} as for a table in memory, for those rows; the shards do so for the others
 * @throws {Cancelled} if the signal is set
 */
export async function shardTable(
  source: Source,
  options: ReadOptions,
  how: FrameOptions,
): Promise<Dataset | undefined> {
  const { memory = Infinity } = options;
  const counted = await countRows(source, options.limit);
  const { n, splits, ids, files } = counted;
  const quiet = { ...how, limit: undefined, onProgress: undefined };
  const probe = await readFrame(sourceOf(counted, [firstRows(counted, PROBE)]), quiet);
  const { text } = findRoles(probe, options);
  if (text.length > 0) return undefined;
  const guess = 4 * fitTable(probe, findRoles(probe, options), options).preprocessing.names.length;
  if (n * guess <= memory) return undefined;
  refuseSkipping(counted, options);
  const all = partsOf(counted, guess, memory);
  const count = Math.min(SAMPLE, all.length);
  const spread = Array.from({ length: count }, (_, i) => all[Math.floor(i * all.length / count)]);
  const sample = await readFrame(sourceOf(counted, spread), quiet);
  const roles = findRoles(sample, options);
  const fitted = fitTable(sample, roles, options);
  const preprocessing = withOthers(fitted.preprocessing);
  const width = preprocessing.names.length;
  const used = preprocessing.inputs.map(({ column }) => column);
  const schema = parquetSchema(files[0].metadata).children.map(({ element }) => element.name);
  const without = (kept: readonly string[]) => schema.filter((name) => !kept.includes(name));
  const shards = shardsOf(
    partsOf(counted, 4 * width, memory),
    width,
    "f32",
    async (part, first) => {
      const rows = sourceOf(counted, [part]);
      // Who trains stops between two steps, with a checkpoint, and not in a shard.
      const frame = await readFrame(rows, { ...quiet, signal: undefined, without: without(used) });
      const numbers = { ...frame, ids: frame.ids.map((id) => ids[first + id]) };
      return applyPreprocessing(numbers, preprocessing).data;
    },
  );
  const { label } = roles;
  const classes = label === undefined
    ? {}
    : classesOf(await readFrame(counted.source, { ...how, without: without([label]) }), roles);
  const notes = describeTable(sample, roles, {
    ...{ preprocessing, missing: fitted.missing, left: sample.n, settings: options },
  });
  return {
    ...{ name: source.name, kind: "table", n, shape: [width], data: new Float32Array(0), shards },
    ...{ columns: [...preprocessing.names], ...classes, splits, ids, preprocessing },
    notes: [...notes, `measured: ${sample.n.toLocaleString("en")} rows, not all`],
  };
}

/** Every category may have names that none of the measured rows has. */
function withOthers({ kind, inputs }: TablePreprocessing): TablePreprocessing {
  const wide = inputs.map((input) => input.as === "category" ? { ...input, other: true } : input);
  return { kind, inputs: wide, names: wide.flatMap(namesOf) };
}
