/** Tables that are more than memory. */

import type { Dataset, ReadOptions, Source } from "../dataset.ts";
import type { Frame, Roles } from "../frame.ts";
import { describeTable } from "../notes.ts";
import { type FrameOptions, readFrame } from "../read_frame.ts";
import { findRoles } from "../roles.ts";
import { rolesLike } from "../roles_like.ts";
import { applyPreprocessing } from "../table/apply.ts";
import { fitTable } from "../table/fit.ts";
import { namesOf, type TablePreprocessing } from "../table/preprocessing.ts";
import { kindsOf } from "../table_builder.ts";
import { type Counted, countRows, firstRows, sourceOf } from "./cuts.ts";
import { partsOf, refuseSkipping, shardsOf } from "./parts.ts";
import { aboutRows, shardTexts } from "./texts.ts";

/** Rows that tell how wide a row will be. */
const PROBE = 1000;
/** Shards, spread evenly, that columns are measured on. */
const SAMPLE = 16;

/**
 * A table or texts in shards; undefined if it fits into `options.memory`, or is in files that cannot
 * be read from the middle. What columns are, and how they are scaled, is measured on sixteen
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
  const counted = await countRows(source, options);
  if (!counted) return undefined;
  const { n } = counted;
  const { quiet, probe } = await firstLook(counted, how);
  const first = findRoles(probe, options);
  if (first.text.length > 0) {
    return await shardTexts(counted, { probe, roles: first, quiet }, options, how);
  }
  const guess = 4 * fitTable(probe, first, options).preprocessing.names.length;
  if (n * guess <= memory) return undefined;
  refuseSkipping(source, options);
  const all = partsOf(counted, guess, memory);
  const count = Math.min(SAMPLE, all.length);
  const spread = Array.from({ length: count }, (_, i) => all[Math.floor(i * all.length / count)]);
  const sample = await readFrame(sourceOf(counted, spread), quiet);
  const roles = findRoles(sample, options);
  const fitted = fitTable(sample, roles, options);
  const others = withOthers(fitted.preprocessing);
  const preprocessing = roles.id === undefined ? others : { ...others, id: roles.id };
  const notes = describeTable(sample, roles, {
    ...{ preprocessing, missing: fitted.missing, left: sample.n, settings: options },
  });
  const kinds = new Map([...kindsOf(sample), ...quiet.kinds]);
  const table = await tableOf(counted, preprocessing, roles, { ...how, kinds, memory });
  return {
    ...table,
    notes: [...notes, `measured: ${sample.n.toLocaleString("en")} rows, not all`],
  };
}

/** The first rows; what they tell of columns holds for all others. */
export async function firstLook(counted: Counted, how: FrameOptions) {
  const quiet = { ...how, limit: undefined, onProgress: undefined };
  const probe = await readFrame(sourceOf(counted, [firstRows(counted, PROBE)]), quiet);
  return { probe, quiet: { ...quiet, kinds: kindsOf(probe) } };
}

/**
 * A table in shards that are like the rows of a model; undefined if it fits into `options.memory`,
 * or is in files that cannot be read from the middle.
 *
 * @throws {DataError} as {@link shardTable} does
 * @throws {Cancelled} if the signal is set
 */
export async function shardLike(
  source: Source,
  preprocessing: TablePreprocessing,
  { label, limit, memory = Infinity }: Pick<ReadOptions, "label" | "limit" | "memory">,
  how: FrameOptions,
): Promise<Dataset | undefined> {
  if (memory === Infinity) return undefined;
  const { onProgress, signal } = how;
  const counted = await countRows(source, { limit, memory, onProgress, signal });
  if (!counted || counted.n * 4 * preprocessing.names.length <= memory) return undefined;
  refuseSkipping(source, { skipBadRows: how.skipBadRows });
  const { quiet: { kinds }, probe } = await firstLook(counted, how);
  const roles = rolesLike(probe, preprocessing, label);
  return await tableOf(counted, preprocessing, roles, { ...how, kinds, memory });
}

/**
 * Texts in shards, for a model; undefined if they fit into `options.memory`, or are in files that
 * cannot be read from the middle.
 *
 * @param rolesOf what the columns are, by the first rows
 * @throws {DataError} as {@link shardTable} does
 * @throws {Cancelled} if the signal is set
 */
export async function shardTextsLike(
  source: Source,
  rolesOf: (frame: Frame) => Roles,
  options: Pick<ReadOptions, "limit" | "memory" | "skipBadRows">,
  how: FrameOptions,
): Promise<Dataset | undefined> {
  const { limit, memory = Infinity } = options, { onProgress, signal } = how;
  if (memory === Infinity) return undefined;
  const counted = await countRows(source, { limit, memory, onProgress, signal });
  if (!counted) return undefined;
  const { probe, quiet } = await firstLook(counted, how);
  return await shardTexts(counted, { probe, roles: rolesOf(probe), quiet }, options, how);
}

/** A table of shards: the numbers that a preprocessing makes of their columns. */
async function tableOf(
  counted: Counted,
  preprocessing: TablePreprocessing,
  roles: Pick<Roles, "label" | "id">,
  { memory, ...how }: FrameOptions & { readonly memory: number },
): Promise<Dataset> {
  const { source, n, splits, ids } = counted;
  const width = preprocessing.names.length;
  const used = preprocessing.inputs.map(({ column }) => column);
  // Who trains stops between two steps, with a checkpoint, and not in a shard.
  const quiet = { ...how, limit: undefined, onProgress: undefined, signal: undefined };
  const parts = partsOf(counted, 4 * width, memory);
  const shards = shardsOf(parts, width, "f32", async (part, first) => {
    const rows = sourceOf(counted, [part]);
    const frame = await readFrame(rows, { ...quiet, only: used });
    const placed = { ...frame, ids: frame.ids.map((id) => ids[first + id]) };
    return applyPreprocessing(placed, preprocessing).data;
  });
  const about = await aboutRows(counted, roles, how);
  return {
    ...{ name: source.name, kind: "table", n, shape: [width], data: new Float32Array(0), shards },
    ...{ columns: [...preprocessing.names], ...about, splits, ids, preprocessing },
    lost: [],
  };
}

/** Every category may have names that none of the measured rows has. */
function withOthers(preprocessing: TablePreprocessing): TablePreprocessing {
  const inputs = preprocessing.inputs.map((input) =>
    input.as === "category" ? { ...input, other: true } : input
  );
  return { ...preprocessing, inputs, names: inputs.flatMap(namesOf) };
}
