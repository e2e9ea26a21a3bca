/**
 * The assignment of rows to columns with the least total cost: each row gets at most one column
 * and each column at most one row, `min(rows, columns)` pairs in all.
 *
 * Jonker and Volgenant's shortest augmenting paths, in the rectangular form of Crouse: rows enter
 * one by one; each time Dijkstra's search over the reduced costs `c_ij - u_i - v_j >= 0` finds the
 * cheapest way to a free column, and the potentials u, v keep the reduced costs non-negative.
 * O(min(rows, columns)^2 max(rows, columns)) time. Whole-number costs below 2^53 / rows are added
 * and compared exactly.
 *
 * @param cost row-major [rows, columns], finite; negate it to maximise
 * @returns for each row its column, or -1 for a row left over when rows > columns
 * @throws RangeError if the sizes are not positive integers, `cost` has another length or is not
 * finite
 * @see Jonker and Volgenant, "A shortest augmenting path algorithm for dense and sparse linear
 * assignment problems", Computing 38 (1987)
 * @see Crouse, "On implementing 2D rectangular assignment algorithms", IEEE Transactions on
 * Aerospace and Electronic Systems 52 (2016)
 */
export function hungarian(cost: ArrayLike<number>, rows: number, columns: number): Int32Array {
  check(cost, rows, columns);
  if (rows <= columns) return assign((i, j) => cost[i * columns + j], rows, columns);
  // The search needs a free column for every row: with more rows than columns, swap the sides.
  const rowOf = assign((j, i) => cost[i * columns + j], columns, rows);
  const columnOf = new Int32Array(rows).fill(-1);
  rowOf.forEach((i, j) => columnOf[i] = j);
  return columnOf;
}

function check(cost: ArrayLike<number>, rows: number, columns: number): void {
  const whole = Number.isSafeInteger(rows) && Number.isSafeInteger(columns);
  if (!(whole && rows > 0 && columns > 0 && cost.length === rows * columns)) {
    throw new RangeError(
      `hungarian: cost must be [rows, columns] with at least one of each, ` +
        `got ${cost.length} values for [${rows}, ${columns}]`,
    );
  }
  for (let at = 0; at < cost.length; at++) {
    if (!Number.isFinite(cost[at])) {
      throw new RangeError(
        `hungarian: cost must be finite, got ${cost[at]} ` +
          `at [${Math.floor(at / columns)}, ${at % columns}]`,
      );
    }
  }
}

/** The matching so far and its potentials; sizes are those of rows <= columns. */
interface Matching {
  readonly cost: (i: number, j: number) => number;
  readonly u: Float64Array;
  readonly v: Float64Array;
  readonly columnOf: Int32Array;
  readonly rowOf: Int32Array;
}

/** Each row's column, for rows <= columns. */
function assign(cost: (i: number, j: number) => number, rows: number, columns: number): Int32Array {
  const matching: Matching = {
    cost,
    u: new Float64Array(rows),
    v: new Float64Array(columns),
    columnOf: new Int32Array(rows).fill(-1),
    rowOf: new Int32Array(columns).fill(-1),
  };
  const from = new Int32Array(columns);
  for (let root = 0; root < rows; root++) {
    const end = search(matching, root, from);
    augment(matching, from, end);
  }
  return matching.columnOf;
}

/**
 * Dijkstra's search from the unmatched row `root` to the nearest free column, which is returned;
 * `from[j]` becomes the row before column j on the shortest path. Updates the potentials.
 */
function search({ cost, u, v, rowOf }: Matching, root: number, from: Int32Array): number {
  const columns = rowOf.length;
  const distance = new Float64Array(columns).fill(Infinity);
  const settled = new Uint8Array(columns);
  let row = root;
  let reached = 0; // length of the shortest path to `row`
  let end = -1;
  while (end < 0) {
    let nearest = -1;
    for (let j = 0; j < columns; j++) {
      if (settled[j]) continue;
      const d = reached + cost(row, j) - u[row] - v[j];
      if (d < distance[j]) {
        distance[j] = d;
        from[j] = row;
      }
      if (nearest < 0 || distance[j] < distance[nearest]) nearest = j;
    }
    reached = distance[nearest];
    if (rowOf[nearest] < 0) {
      end = nearest;
    } else {
      settled[nearest] = 1;
      row = rowOf[nearest];
    }
  }
  u[root] += reached;
  for (let j = 0; j < columns; j++) {
    if (!settled[j]) continue;
    u[rowOf[j]] += reached - distance[j];
    v[j] -= reached - distance[j];
  }
  return end;
}

/** Walks the path back from column `end`: each row takes the column that it led to. */
function augment({ columnOf, rowOf }: Matching, from: Int32Array, end: number): void {
  for (let j = end; j >= 0;) {
    const row = from[j];
    const before = columnOf[row]; // -1 at the root, which ends the path
    columnOf[row] = j;
    rowOf[j] = row;
    j = before;
  }
}
