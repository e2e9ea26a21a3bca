/** Texts that are more than memory. */

import type { Dataset, ReadOptions, TextShards } from "../dataset.ts";
import type { Frame, Roles } from "../frame.ts";
import { describeText } from "../notes.ts";
import { classesOf, namesOf, textsOf } from "../prepare.ts";
import { type FrameOptions, readFrame } from "../read_frame.ts";
import { type Counted, sourceOf } from "./cuts.ts";
import { partsOf, refuseSkipping, startsOf } from "./parts.ts";

/** What the first rows tell. */
export interface FirstLook {
  readonly probe: Frame;
  readonly roles: Roles;
  /** How runs of rows are read. */
  readonly quiet: FrameOptions;
}

/**
 * Texts in shards; undefined if they fit into `memory`, as the first rows tell it.
 *
 * @throws {DataError} as reading all of them does, for classes and names; the shards do so for the
 *   texts
 * @throws {Cancelled} if the signal is set
 */
export async function shardTexts(
  counted: Counted,
  { probe, roles, quiet }: FirstLook,
  options: Pick<ReadOptions, "memory" | "skipBadRows">,
  how: FrameOptions,
): Promise<Dataset | undefined> {
  const { source, n, splits, ids } = counted, { memory = Infinity } = options;
  const some = textsOf(probe, roles.text);
  // A letter is kept as two bytes.
  const letters = some.reduce((sum, { length }) => sum + length, 0);
  const bytes = Math.max(1, Math.ceil(2 * letters / some.length));
  if (n * bytes <= memory) return undefined;
  refuseSkipping(source, options);
  const parts = partsOf(counted, bytes, memory);
  const textShards: TextShards = {
    starts: startsOf(parts),
    async read(shard) {
      const rows = sourceOf(counted, [parts[shard]]);
      return textsOf(await readFrame(rows, { ...quiet, only: roles.text }), roles.text);
    },
  };
  const notes = describeText(probe, roles, some.filter((text) => text !== ""));
  return {
    ...{ name: source.name, kind: "text", n, shape: [0], data: new Float32Array(0), textShards },
    ...{ columns: [...roles.text], ...await aboutRows(counted, roles, how), splits, ids },
    ...{ lost: [], notes },
  };
}

/** Names and classes of all rows, as far as there are such. */
export async function aboutRows(
  { source }: Counted,
  { label, id }: Pick<Roles, "label" | "id">,
  how: FrameOptions,
) {
  const only = [label, id].filter((one) => one !== undefined);
  if (only.length === 0) return {};
  const rows = await readFrame(source, { ...how, only });
  return { ...namesOf(rows, { id }), ...classesOf(rows, { label }) };
}
