import { checkNoise, NOISE, type NoiseOptions } from "./noise.ts";

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
 * An id of -1 is noise: a class or cluster of its own, or, with `noise: "exclude"`, the points that
 * have it on either side are left out.
 *
 * @param labels class id of each of the n >= 1 points, integers of -1 or more
 * @param clusters cluster id of each point, the same
 * @throws RangeError if the lengths differ, are 0, an id is missing, below -1 or not whole, or no
 * point is left
 */
export function contingency(
  labels: ArrayLike<number>,
  clusters: ArrayLike<number>,
  { noise = "cluster" }: NoiseOptions = {},
): Contingency {
  checkNoise("contingency", noise);
  check(labels, clusters);
  return noise === "exclude"
    ? tableOf(...withoutNoise(labels, clusters))
    : tableOf(labels, clusters);
}

/** @throws RangeError unless both are ids of the same points */
function check(labels: ArrayLike<number>, clusters: ArrayLike<number>): void {
  const n = labels.length;
  if (n === 0 || clusters.length !== n) {
    throw new RangeError(
      `contingency: labels and clusters must have the same length of at least 1, ` +
        `got ${n} and ${clusters.length}`,
    );
  }
  for (const [name, values] of Object.entries({ labels, clusters })) {
    for (let p = 0; p < n; p++) {
      if (!(Number.isSafeInteger(values[p]) && values[p] >= NOISE)) {
        throw new RangeError(
          `contingency: ${name}[${p}] must be a non-negative integer, or -1 for noise, ` +
            `got ${values[p]}; leave out points without one`,
        );
      }
    }
  }
}

/** The points that are noise on neither side. */
function withoutNoise(labels: ArrayLike<number>, clusters: ArrayLike<number>) {
  const kept: [number[], number[]] = [[], []];
  for (let p = 0; p < labels.length; p++) {
    if (labels[p] === NOISE || clusters[p] === NOISE) continue;
    kept[0].push(labels[p]);
    kept[1].push(clusters[p]);
  }
  if (kept[0].length === 0) {
    throw new RangeError(
      `contingency: no point is left without noise, all ${labels.length} have the id -1`,
    );
  }
  return kept;
}

function tableOf(labels: ArrayLike<number>, clusters: ArrayLike<number>): Contingency {
  const n = labels.length;
  const row = index(labels), column = index(clusters);
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
function index(values: ArrayLike<number>) {
  const ids = Float64Array.from(new Set(Array.from(values))).sort();
  const position = new Map<number, number>();
  ids.forEach((id, i) => position.set(id, i));
  const of = Int32Array.from(values, (id) => position.get(id)!);
  const sizes = new Float64Array(ids.length);
  for (const i of of) sizes[i]++;
  return { ids, of, sizes };
}

/** A contingency table as rows of numbers. */
export interface ContingencyTable {
  /** Names of the rows: the classes that occur, by ascending id. */
  readonly classes: readonly string[];
  /** Names of the columns: the clusters that occur, by ascending id. */
  readonly clusters: readonly string[];
  /** `counts[i][j]` points have class i and cluster j. */
  readonly counts: readonly (readonly number[])[];
  /** Number of points in the table. */
  readonly n: number;
}

/** Options of {@link contingencyTable}. */
export interface TableOptions extends NoiseOptions {
  /** Names of classes by id; an id without one is named by its number, and -1 is "noise". */
  readonly classNames?: readonly string[];
  /** Names of clusters by id. */
  readonly clusterNames?: readonly string[];
}

/** Cells of the largest table that is written out. */
const LARGEST = 2 ** 24;

/**
 * The contingency table for people: rows are classes, columns are clusters, with names.
 *
 * @param labels class id of each of the n >= 1 points, integers of -1 or more
 * @param clusters cluster id of each point, the same
 * @throws RangeError as {@link contingency}, or if there are more than 2^24 cells
 */
export function contingencyTable(
  labels: ArrayLike<number>,
  clusters: ArrayLike<number>,
  { classNames = [], clusterNames = [], noise }: TableOptions = {},
): ContingencyTable {
  const table = contingency(labels, clusters, { noise });
  const rows = table.classes.length, columns = table.clusters.length;
  if (rows * columns > LARGEST) {
    throw new RangeError(
      `contingencyTable: at most ${LARGEST} cells are written out, got ${rows} classes and ` +
        `${columns} clusters`,
    );
  }
  const counts = Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
  table.counts.forEach((count, c) => counts[table.rows[c]][table.columns[c]] = count);
  const named = (ids: Float64Array, names: readonly string[]) =>
    Array.from(ids, (id) => id === NOISE ? "noise" : names[id] ?? String(id));
  return {
    classes: named(table.classes, classNames),
    clusters: named(table.clusters, clusterNames),
    counts,
    n: table.n,
  };
}
