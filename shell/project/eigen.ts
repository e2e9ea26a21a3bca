/** Eigenvalues and orthonormal bases of small dense matrices, on the host in float64. */

/** Eigenvalues in descending order, and the eigenvector of each. */
export interface Eigen {
  /** [n] */
  readonly values: Float64Array;
  /** [n, n], row-major: row i is the unit eigenvector of value i. */
  readonly vectors: Float64Array;
}

/** Implicit QL steps for one eigenvalue; two are common. */
const MOST_STEPS = 60;

/**
 * All eigenvalues and eigenvectors of a symmetric matrix: `a = sum_i values_i v_i v_i^T`. Householder
 * reflections make it tridiagonal, implicit QL steps with Wilkinson's shift make that diagonal;
 * about 4 n^3 multiply-adds.
 *
 * @param a [n, n], row-major, symmetric; only its lower triangle is looked at
 * @throws RangeError if a number is not finite or there are not n * n
 * @see Golub, Van Loan (2013), Matrix Computations, 8.3
 */
export function symmetricEigen(a: ArrayLike<number>, n: number): Eigen {
  if (a.length !== n * n) {
    throw new RangeError(`symmetricEigen: a must have ${n} x ${n} numbers, got ${a.length}`);
  }
  const full = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      if (!Number.isFinite(a[i * n + j])) {
        throw new RangeError(`symmetricEigen: every number must be finite, got ${a[i * n + j]}`);
      }
      full[i * n + j] = full[j * n + i] = a[i * n + j];
    }
  }
  const { diagonal, beside, rows } = tridiagonal(full, n);
  diagonalise(diagonal, beside, rows, n);
  const order = Array.from(diagonal, (_, i) => i).sort((i, j) =>
    diagonal[j] - diagonal[i] || i - j
  );
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => vectors.set(rows.subarray(from * n, (from + 1) * n), to * n));
  return { values: Float64Array.from(order, (i) => diagonal[i]), vectors };
}

/**
 * `a = q t q^T` with t tridiagonal: its diagonal, what stands beside it, and the rows of `q^T`.
 * Destroys a, whose row k then holds the reflection that emptied it.
 */
function tridiagonal(a: Float64Array, n: number) {
  const beside = new Float64Array(n);
  const scales = new Float64Array(n);
  const w = new Float64Array(n);
  for (let k = 0; k + 2 < n; k++) {
    const v = a.subarray(k * n, (k + 1) * n);
    [beside[k], scales[k]] = reflection(v, k + 1);
    if (scales[k] !== 0) reflectBoth(a, n, k + 1, v, scales[k], w);
  }
  if (n > 1) beside[n - 2] = a[(n - 1) * n + n - 2];
  const diagonal = Float64Array.from({ length: n }, (_, i) => a[i * n + i]);
  return { diagonal, beside, rows: transposed(product(a, scales, n), n) };
}

/**
 * Makes v[from..] the vector of a reflection `I - scale v v^T` that maps it to `[value, 0, ..]`.
 * @returns value and scale; a scale of 0 stands for the identity
 */
function reflection(v: Float64Array, from: number): [value: number, scale: number] {
  let largest = 0;
  for (let i = from + 1; i < v.length; i++) largest = Math.max(largest, Math.abs(v[i]));
  if (largest === 0) return [v[from], 0];
  largest = Math.max(largest, Math.abs(v[from]));
  // Relative to the largest no square under- or overflows.
  let square = 0;
  for (let i = from; i < v.length; i++) square += (v[i] /= largest) * v[i];
  const value = v[from] > 0 ? -Math.sqrt(square) : Math.sqrt(square);
  v[from] -= value;
  return [value * largest, 1 / (square - value * (v[from] + value))];
}

/** Applies a reflection to both sides of the trailing block from row and column `from` on. */
function reflectBoth(
  a: Float64Array,
  n: number,
  from: number,
  v: Float64Array,
  scale: number,
  w: Float64Array,
): void {
  let dot = 0;
  for (let i = from; i < n; i++) {
    let sum = 0;
    for (let j = from, at = i * n + from; j < n; j++, at++) sum += a[at] * v[j];
    w[i] = scale * sum;
    dot += w[i] * v[i];
  }
  for (let i = from; i < n; i++) w[i] -= scale / 2 * dot * v[i];
  for (let i = from; i < n; i++) {
    const vi = v[i], wi = w[i];
    for (let j = from, at = i * n + from; j < n; j++, at++) a[at] -= vi * w[j] + wi * v[j];
  }
}

/** The product of the reflections that the rows of `a` hold, the first one leftmost. */
function product(a: Float64Array, scales: Float64Array, n: number): Float64Array {
  const q = new Float64Array(n * n);
  for (let i = 0; i < n; i++) q[i * n + i] = 1;
  const sums = new Float64Array(n);
  for (let k = n - 3; k >= 0; k--) {
    if (scales[k] === 0) continue;
    // Below and right of k + 1 only: outside, q is the identity still.
    sums.fill(0);
    for (let i = k + 1; i < n; i++) {
      const v = scales[k] * a[k * n + i];
      for (let j = k + 1, at = i * n + k + 1; j < n; j++, at++) sums[j] += v * q[at];
    }
    for (let i = k + 1; i < n; i++) {
      const v = a[k * n + i];
      for (let j = k + 1, at = i * n + k + 1; j < n; j++, at++) q[at] -= v * sums[j];
    }
  }
  return q;
}

function transposed(a: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) out[j * n + i] = a[i * n + j];
  }
  return out;
}

/** QL steps until nothing is left beside the diagonal; the rotations act on `rows` too. */
function diagonalise(d: Float64Array, e: Float64Array, rows: Float64Array, n: number): void {
  for (let first = 0; first < n; first++) {
    for (let step = 0;; step++) {
      let last = first;
      while (last < n - 1 && !negligible(e[last], d[last], d[last + 1])) last++;
      if (last === first) break;
      // Finite symmetric matrices get there; this ends the loop if a defect keeps one from it.
      if (step === MOST_STEPS) throw new RangeError("symmetricEigen: QL steps do not converge");
      chase(d, e, rows, n, first, last);
    }
  }
}

const negligible = (e: number, a: number, b: number) =>
  Math.abs(a) + Math.abs(b) + Math.abs(e) === Math.abs(a) + Math.abs(b);

/** One implicit QL step on rows `first` to `last`: the bulge moves from the bottom to the top. */
function chase(
  d: Float64Array,
  e: Float64Array,
  rows: Float64Array,
  n: number,
  first: number,
  last: number,
): void {
  const ratio = (d[first + 1] - d[first]) / (2 * e[first]);
  const root = Math.hypot(ratio, 1);
  const shift = d[first] - e[first] / (ratio + (ratio < 0 ? -root : root));
  let g = d[last] - shift, sine = 1, cosine = 1, moved = 0;
  for (let i = last - 1; i >= first; i--) {
    const f = sine * e[i], b = cosine * e[i];
    const r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      // The block falls apart here; the next step takes its parts.
      d[i + 1] -= moved;
      e[last] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = d[i + 1] - moved;
    const t = (d[i] - g) * sine + 2 * cosine * b;
    moved = sine * t;
    d[i + 1] = g + moved;
    g = cosine * t - b;
    rotate(rows, n, i, sine, cosine);
  }
  d[first] -= moved;
  e[first] = g;
  e[last] = 0;
}

/** Turns rows i and i + 1 in their plane. */
function rotate(rows: Float64Array, n: number, i: number, sine: number, cosine: number): void {
  const upper = i * n, lower = upper + n;
  for (let j = 0; j < n; j++) {
    const u = rows[upper + j], l = rows[lower + j];
    rows[lower + j] = sine * u + cosine * l;
    rows[upper + j] = cosine * u - sine * l;
  }
}

/**
 * Makes the rows of `a`, [count, n], orthonormal in place, each in the span of those up to it
 * (Gram and Schmidt, twice: then orthogonal to rounding). A row that is a combination of earlier
 * ones becomes zero.
 *
 * @returns how many rows are not zero
 */
export function orthonormalise(a: Float64Array, count: number, n: number): number {
  let rank = 0;
  for (let i = 0; i < count; i++) {
    const row = a.subarray(i * n, (i + 1) * n);
    const before = length(row);
    for (let round = 0; round < 2; round++) {
      for (let j = 0; j < i; j++) subtract(row, a.subarray(j * n, (j + 1) * n));
    }
    const after = length(row);
    // What is left of a dependent row is rounding.
    const factor = after > before * 1e-10 ? 1 / after : 0;
    for (let t = 0; t < n; t++) row[t] *= factor;
    if (factor > 0) rank++;
  }
  return rank;
}

function length(row: Float64Array): number {
  let square = 0;
  for (let t = 0; t < row.length; t++) square += row[t] * row[t];
  return Math.sqrt(square);
}

/** Takes from `row` its part along the unit vector `unit`. */
function subtract(row: Float64Array, unit: Float64Array): void {
  let dot = 0;
  for (let t = 0; t < row.length; t++) dot += row[t] * unit[t];
  for (let t = 0; t < row.length; t++) row[t] -= dot * unit[t];
}
