/** What messages say of columns. */

import { DataError } from "../errors.ts";
import { nearNames } from "../near.ts";
import type { FrameColumn } from "./frame.ts";

/** What a column has, in words. */
export function nounOf(type: FrameColumn["type"]): string {
  return {
    ...{ number: "numbers", boolean: "true and false", date: "dates", string: "words" },
    list: "lists of numbers",
  }[type];
}

/** What is said of a column that is not there: names that are near, or all. */
export function noColumn(file: string, name: string, names: readonly string[]): DataError {
  const near = nearNames(name, names);
  const known = names.map((one) => one === "" ? "(one without a name)" : one).join(", ");
  return new DataError(
    `${file} has no column ${quote(name)}: ` +
      (near.length > 0 ? `did you mean ${near.join(" or ")}?` : `its columns are ${known}`),
  );
}

/** A name as messages quote it. */
export const quote = (name: string) => JSON.stringify(name);
