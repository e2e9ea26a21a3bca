/** A sparse matrix by rows, on the host. */
export interface Sparse {
  /** Number of rows. */
  readonly rows: number;
  /** Number of columns. */
  readonly columns: number;
  /** First entry of each row, and the end of the last. [rows + 1] */
  readonly start: Uint32Array;
  /** Ascending within a row. */
  readonly column: Uint32Array;
  /** The entries, row by row. */
  readonly value: Float32Array;
}

/** Rows `begin` (included) to `end` (excluded), with copies of their entries. */
export function rowsOf(
  { columns, start, column, value }: Sparse,
  begin: number,
  end: number,
): Sparse {
  const first = start[begin], last = start[end];
  return {
    rows: end - begin,
    columns,
    start: start.slice(begin, end + 1).map((at) => at - first),
    column: column.slice(first, last),
    value: value.slice(first, last),
  };
}

/** Rows become columns. */
export function transposed({ rows, columns, start, column, value }: Sparse): Sparse {
  const out = {
    rows: columns,
    columns: rows,
    start: new Uint32Array(columns + 1),
    column: new Uint32Array(column.length),
    value: new Float32Array(value.length),
  };
  for (const c of column) out.start[c + 1]++;
  for (let c = 0; c < columns; c++) out.start[c + 1] += out.start[c];
  const next = out.start.slice();
  for (let i = 0; i < rows; i++) {
    for (let t = start[i]; t < start[i + 1]; t++) {
      const at = next[column[t]]++;
      out.column[at] = i;
      out.value[at] = value[t];
    }
  }
  return out;
}
