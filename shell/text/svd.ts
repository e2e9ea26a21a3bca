import type { Device } from "../device/device.ts";
import { orthonormalise, symmetricEigen } from "../project/eigen.ts";
import { Philox } from "../random.ts";
import type { Sparse } from "./sparse.ts";
import { SparseProducts } from "./sparse_products.ts";

/** What {@link truncatedSvd} may be told. */
export interface SvdOptions {
  /** How many singular vectors: 1 to min(rows, columns). */
  readonly components: number;
  /** Of the random directions: 32-bit unsigned (default 0). */
  readonly seed?: number;
  /** Power iterations (default 5). */
  readonly powerIterations?: number;
  /** Stops the work: `Cancelled` is thrown. */
  readonly signal?: AbortSignal;
  /** How many of how many passes over the matrix are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** The largest singular values and their right singular vectors. */
export interface Svd {
  /** Unit vectors, [count, columns] row-major, by descending singular value. */
  readonly components: Float64Array;
  /** Falling, [rank]. */
  readonly singularValues: Float64Array;
}

/** Directions that the randomised range has beyond the components. */
const OVERSAMPLING = 10;
/** Stream of random numbers of the directions. */
const STREAM = 0x75d;

/**
 * Truncated singular value decomposition of a sparse matrix, about the origin: `s ~ u diag(sigma)
 * v^T`; the rows of `components` are those of v^T. Products with random directions, power
 * iterations with orthonormal directions after each, then the exact decomposition within their
 * span. The largest entry by magnitude of each component is positive; a component beyond the rank
 * of the matrix is zero or of singular value near zero.
 *
 * Only products with some directions are computed, tile by tile on the device, and added up in
 * float64: the matrix is never made dense.
 *
 * @throws RangeError if an option is out of range or an entry is not finite
 * @throws Cancelled if the signal is aborted
 * @see Halko, Martinsson, Tropp (2011), Finding structure with randomness, algorithms 4.4 and 5.1
 */
export async function truncatedSvd(device: Device, s: Sparse, options: SvdOptions): Promise<Svd> {
  const { components: count, seed = 0, powerIterations = 5, signal, onProgress } = options;
  check(s, count, powerIterations);
  const { columns } = s;
  const products = new SparseProducts(device, s, signal);
  const width = Math.min(count + OVERSAMPLING, s.rows, columns);
  const random = new Philox(seed, STREAM);
  let q = Float64Array.from({ length: width * columns }, () => random.normal());
  for (let round = 0; round <= powerIterations; round++) {
    orthonormalise(q, width, columns);
    q = await products.through(q, width) as Float64Array<ArrayBuffer>;
    onProgress?.(round + 1, powerIterations + 2);
  }
  orthonormalise(q, width, columns);
  const within = await products.through(q, width);
  onProgress?.(powerIterations + 2, powerIterations + 2);
  const { values, vectors } = symmetricEigen(inner(q, within, width, columns), width);
  const components = combined(vectors, q, count, width, columns);
  orient(components, count, columns);
  // Rounding can make the square of nothing negative.
  return {
    components,
    singularValues: values.slice(0, count).map((v) => Math.sqrt(Math.max(v, 0))),
  };
}

/** `a b^T` made symmetric, [width, width]. */
function inner(a: Float64Array, b: Float64Array, width: number, columns: number): Float64Array {
  const out = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) {
      let sum = 0;
      for (let t = 0; t < columns; t++) sum += a[i * columns + t] * b[j * columns + t];
      out[i * width + j] += sum / 2;
      out[j * width + i] += sum / 2;
    }
  }
  return out;
}

/** The first `count` rows of `vectors q`. */
function combined(
  vectors: Float64Array,
  q: Float64Array,
  count: number,
  width: number,
  columns: number,
): Float64Array {
  const out = new Float64Array(count * columns);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < width; j++) {
      const factor = vectors[i * width + j];
      for (let t = 0; t < columns; t++) out[i * columns + t] += factor * q[j * columns + t];
    }
  }
  return out;
}

/** Turns each row so that its largest entry by magnitude is positive. */
function orient(rows: Float64Array, count: number, columns: number): void {
  for (let c = 0; c < count; c++) {
    const row = rows.subarray(c * columns, (c + 1) * columns);
    let largest = 0;
    for (let t = 1; t < columns; t++) if (Math.abs(row[t]) > Math.abs(row[largest])) largest = t;
    if (row[largest] < 0) { for (let t = 0; t < columns; t++) row[t] = -row[t]; }
  }
}

function check(s: Sparse, count: number, powerIterations: number): void {
  const most = Math.min(s.rows, s.columns);
  if (!(Number.isInteger(count) && count >= 1 && count <= most)) {
    throw new RangeError(
      `svd: components must be an integer from 1 to ${most}, the smaller of ${s.rows} rows and ` +
        `${s.columns} columns, got ${count}`,
    );
  }
  if (!(Number.isInteger(powerIterations) && powerIterations >= 0)) {
    throw new RangeError(
      `svd: powerIterations must be an integer from 0 on, got ${powerIterations}`,
    );
  }
  const bad = s.value.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) throw new RangeError(`svd: every entry must be finite, got ${s.value[bad]}`);
}
