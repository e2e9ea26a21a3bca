/** What a column looks like. */

import { likely } from "./likely.ts";
import type { FrameColumn, NumberColumn, StringColumn } from "./frame.ts";

/** What a look at a column finds. */
export interface Look {
  readonly role: "text" | "numeric" | "categorical" | "dates" | "dropped";
  /** Why it is dropped. */
  readonly reason?: string;
  /** Whether no value is there twice, and none is missing. */
  readonly distinct: boolean;
}

/** Why a column without any value is dropped. */
export const EMPTY = "empty";
/** Words that a text has, on average, at least. */
const WORDS = 4;
/** Distinct values of a category: at most this share of the rows. */
const REPEATED = 0.5;
/** Distinct values that may be categories although they look like numbers or dates. */
const CATEGORIES = 20;

/** Looks at all values of a column. */
export function lookAt(column: FrameColumn): Look {
  if (column.type === "list") return { role: "numeric", distinct: false };
  return column.type === "string" ? lookAtWords(column) : lookAtNumbers(column);
}

function lookAtNumbers({ type, values, classNames }: NumberColumn): Look {
  const first = values.find((value) => !Number.isNaN(value));
  const constant = values.every((value) => value === first || Number.isNaN(value));
  const role = classNames ? "categorical" : type === "date" ? "dates" : "numeric";
  const found = first === undefined
    ? { role: "dropped", reason: EMPTY } as const
    : constant
    ? { role: "dropped", reason: "constant" } as const
    : { role } as const;
  return {
    ...found,
    // Few columns are asked for it, and it takes long.
    get distinct() {
      return areDistinct(values);
    },
  };
}

/** Whether no number is there twice, and none is missing. */
function areDistinct(values: Float64Array): boolean {
  const sorted = values.slice().sort();
  return sorted.every((value, i) => !Number.isNaN(value) && (i === 0 || value !== sorted[i - 1]));
}

function lookAtWords({ values }: StringColumn): Look {
  const full = values.filter((value) => value !== null);
  const seen = new Set(full);
  const distinct = seen.size === values.length;
  if (seen.size === 0) return { role: "dropped", reason: EMPTY, distinct: false };
  const words = full.reduce((sum, text) => sum + text.split(/\s+/).length, 0) / full.length;
  const repeated = seen.size <= REPEATED * full.length;
  if (words >= WORDS && !repeated) return { role: "text", distinct };
  if (seen.size === 1) return { role: "dropped", reason: "constant", distinct };
  const meant = !repeated || seen.size > CATEGORIES ? likely([...seen]) : undefined;
  if (repeated && meant === undefined) return { role: "categorical", distinct };
  const reason = meant ?? "nearly every row has another value";
  return { role: "dropped", reason, distinct };
}
