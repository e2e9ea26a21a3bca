/** How often each class meets each cluster: the non-zero cells of the table only. */
export interface Contingency {
  /** Number of points. */
  readonly n: number;
  /** The class ids that occur, ascending: row i of the table is class `classes[i]`. */
  readonly classes: Float64Array;
  /** The cluster ids that occur, ascending: column j is cluster `clusters[j]`. */
  readonly clusters: Float64Array;
  /** Row sums a_i: the number of points of each class. */
  readonly classSizes: Float64Array;
  /** Column sums b_j: the number of points of each cluster. */
  readonly clusterSizes: Float64Array;
  /** Row of each non-zero cell; cells are in row-major order. */
  readonly rows: Int32Array;
  /** Column of each non-zero cell. */
  readonly columns: Int32Array;
  /** Count n_ij > 0 of each non-zero cell. */
  readonly counts: Float64Array;
}

/**
 * The contingency table of two labellings of the same n points:
 * `n_ij = |{p : labels[p] = classes[i] and clusters[p] = clusters[j]}|`.
 *
 * Ids may have gaps and be large; only those that occur get a row or column, and only non-zero
 * cells are stored, so that n clusters of one point each cost O(n) and not O(n^2) memory. All
 * counts are whole numbers held exactly.
 *
 * @param labels class id of each of the n >= 1 points, non-negative integers
 * @param clusters cluster id of each point, non-negative integers, same length
 * @throws RangeError if the lengths differ, are 0, or an id is missing, negative or not whole
 */
export function contingency(labels: ArrayLike<number>, clusters: ArrayLike<number>): Contingency {
  const n = labels.length;
  if (n === 0 || clusters.length !== n) {
    throw new RangeError(
      `contingency: labels and clusters must have the same length of at least 1, ` +
        `got ${n} and ${clusters.length}`,
    );
  }
  const row = index("labels", labels);
  const column = index("clusters", clusters);
  const cells = new Map<number, number>();
  for (let p = 0; p < n; p++) {
    const key = row.of[p] * column.ids.length + column.of[p];
    cells.set(key, (cells.get(key) ?? 0) + 1);
  }
  const keys = Float64Array.from(cells.keys()).sort();
  return {
    n,
    classes: row.ids,
    clusters: column.ids,
    classSizes: row.sizes,
    clusterSizes: column.sizes,
    rows: Int32Array.from(keys, (key) => Math.floor(key / column.ids.length)),
    columns: Int32Array.from(keys, (key) => key % column.ids.length),
    counts: keys.map((key) => cells.get(key)!),
  };
}

/** The ids that occur, ascending; how often each does; and each point's position among them. */
function index(name: string, values: ArrayLike<number>) {
  for (let p = 0; p < values.length; p++) {
    if (!(Number.isSafeInteger(values[p]) && values[p] >= 0)) {
      throw new RangeError(
        `contingency: ${name}[${p}] must be a non-negative integer, got ${values[p]}; ` +
          `leave out points without one`,
      );
    }
  }
  const ids = Float64Array.from(new Set(Array.from(values))).sort();
  const position = new Map<number, number>();
  ids.forEach((id, i) => position.set(id, i));
  const of = Int32Array.from(values, (id) => position.get(id)!);
  const sizes = new Float64Array(ids.length);
  for (const i of of) sizes[i]++;
  return { ids, of, sizes };
}
