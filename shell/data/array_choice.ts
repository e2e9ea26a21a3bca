/** Which arrays of an archive are the rows and the classes. */

import { DataError } from "../errors.ts";
import { bySplit, splitOf } from "./split_names.ts";

/** Which array is wanted. */
export interface ArrayChoice {
  /** Columns that were asked for: one that is an array's name says which has the rows. */
  readonly columns?: readonly string[];
  /** Whether a model wants them, and nobody can choose: messages advise no option. */
  readonly asTrained?: boolean;
}

/** The arrays of one split. */
export interface ChosenArrays {
  readonly rows: string;
  readonly label?: string;
  /** Undefined where there is only one. */
  readonly split?: string;
  /** What the column of the rows is called, if it was named. */
  readonly name?: string;
  /** Arrays that are of no use. */
  readonly others: readonly string[];
}

type Shapes = ReadonlyMap<string, readonly number[]>;

/** Names of arrays of classes, and of rows. */
const LABELS = /^(y|labels?|targets?|classes|class)(_|$)/i;
const ROWS = /^(x|data|images|features|embeddings?)(_|$)/i;

/**
 * Finds the arrays of each split.
 *
 * @param shapes of all arrays, at least one, by name
 * @throws {DataError} if it is not clear which one has the rows
 */
export function chooseArrays(
  shapes: Shapes,
  file: string,
  { columns = [], asTrained = false }: ArrayChoice,
): ChosenArrays[] {
  const groups = new Map<string, string[]>();
  for (const name of shapes.keys()) {
    const split = splitOf(name);
    groups.set(split, [...groups.get(split) ?? [], name]);
  }
  const [wanted] = columns.length === 1 ? columns : [];
  const isWanted = (name: string) => name === wanted || name.startsWith(`${wanted}_`);
  const named = wanted !== undefined && [...shapes.keys()].some(isWanted);
  const splits = [...groups.keys()].sort(bySplit)
    .filter((split) => !named || groups.get(split)!.some(isWanted));
  return splits.map((split) => {
    const names = groups.get(split)!;
    const exact = names.find((name) => name === wanted) ?? names.find(isWanted);
    const label = names.find((name) => LABELS.test(name) && name !== exact);
    const left = names.filter((name) => name !== label);
    const rows = exact ?? theOnly(left, { shapes, file, asTrained });
    return {
      ...{ rows, label, split: splits.length > 1 ? split : undefined },
      ...{ name: named ? wanted : undefined, others: left.filter((name) => name !== rows) },
    };
  });
}

/** @throws {DataError} if none is, or several may be meant */
function theOnly(
  names: readonly string[],
  { shapes, file, asTrained }: { shapes: Shapes; file: string; asTrained: boolean },
): string {
  if (names.length === 0) {
    throw new DataError(
      `${file} has no array of rows, only ${[...shapes.keys()].join(", ")}: call it x, data or ` +
        "images",
    );
  }
  const usual = names.filter((name) => ROWS.test(name));
  const only = usual.length > 0 ? usual : names;
  if (only.length === 1) return only[0];
  const list = only.map((name) => `${name} (${shapes.get(name)!.join(" x ") || "one number"})`);
  throw new DataError(
    `${file} has several arrays, ${list.join(", ")}: ` +
      (asTrained
        ? "save the one with the rows alone, or call it x"
        : `choose the one with the rows by --columns, such as --columns ${only[0]}`),
  );
}
