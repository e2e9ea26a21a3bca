/** How rows of numbers are made comparable before a network or K-Means sees them. */

/** `cosine`: standard scores of length 1, so that distance means angle. */
export type Normalisation = "none" | "cosine";

/** Mean and reciprocal standard deviation of each column; 0 for a constant one. */
export interface Columns {
  readonly mean: readonly number[];
  readonly factor: readonly number[];
}

/** Measures the columns of n rows of `width` numbers, in float64, on the host. */
export function measureColumns(values: Float32Array, width: number): Columns {
  const n = values.length / width;
  const mean: number[] = [], factor: number[] = [];
  for (let j = 0; j < width; j++) {
    let sum = 0, squares = 0;
    for (let i = j; i < values.length; i += width) sum += values[i];
    mean.push(sum / n);
    for (let i = j; i < values.length; i += width) squares += (values[i] - mean[j]) ** 2;
    factor.push(squares > 0 ? 1 / Math.sqrt(squares / n) : 0);
  }
  return { mean, factor };
}

/**
 * Each column minus its mean, divided by its standard deviation; a constant column becomes 0. In
 * float64, on the host: the same bits on every device.
 *
 * @param values n rows of `width` numbers; not changed
 * @param columns measured on other rows, to place new ones beside them; default these
 */
export function standardise(
  values: Float32Array,
  width: number,
  columns: Columns = measureColumns(values, width),
): Float32Array {
  const { mean, factor } = columns;
  return values.map((value, i) => (value - mean[i % width]) * factor[i % width]);
}

/** Each row divided by its Euclidean length; a row of zeros stays zero. */
export function unitRows(values: Float32Array, width: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let i = 0; i < values.length; i += width) {
    let squares = 0;
    for (let j = i; j < i + width; j++) squares += values[j] * values[j];
    const factor = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let j = i; j < i + width; j++) out[j] = values[j] * factor;
  }
  return out;
}

/**
 * Prepares the codes of a network for K-Means. With `cosine`, standard scores are put on the unit
 * sphere, where `||a - b||^2 = 2 - 2 cos(a, b)`: the axes of a learnt code have units that mean
 * nothing, and the length of a code says how faint a sample is rather than what it is; K-Means
 * would take both at face value.
 *
 * @param columns those of the codes that the clusters were found in; default these
 * @see Dhillon & Modha 2001, spherical k-means; Caron et al. 2018 (DeepCluster), section 4.1
 */
export function normalise(
  codes: Float32Array,
  width: number,
  how: Normalisation,
  columns?: Columns,
): Float32Array {
  return how === "none" ? codes : unitRows(standardise(codes, width, columns), width);
}
