/** Some rows of a frame. */

import type { Frame, FrameColumn } from "./frame.ts";

/** The values of some rows of a column. */
export function selectRows(column: FrameColumn, rows: ArrayLike<number>): FrameColumn {
  if (column.type === "string" || column.type === "list") {
    return { ...column, values: Array.from(rows, (i) => column.values[i]) } as FrameColumn;
  }
  return { ...column, values: Float64Array.from(rows, (i) => column.values[i]) };
}

/**
 * A frame of some of its rows.
 *
 * @param rows their places, ascending
 */
export function selectFrame(frame: Frame, rows: Int32Array): Frame {
  if (rows.length === frame.n) return frame;
  const before = (end: number) => {
    const at = rows.findIndex((row) => row >= end);
    return at < 0 ? rows.length : at;
  };
  return {
    ...frame,
    n: rows.length,
    columns: frame.columns.map((column) => selectRows(column, rows)),
    splits: frame.splits.map(({ name, begin, end }) => ({
      ...{ name, begin: before(begin), end: before(end) },
    })),
    ids: rows.map((row) => frame.ids[row]),
  };
}
