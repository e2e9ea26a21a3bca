/** How near points are to their neighbours, as probabilities; on the host, in float64. */

/** Steps of the search for one bandwidth; seven or so are common. */
const MOST_STEPS = 200;
/** Allowed difference of an entropy, in nats. */
const PRECISION = 1e-10;

/** Entries of a row are padded to a multiple of this: lanes of `tsne_attraction`. */
const LANES = 4;

/** A sparse matrix by rows. Rows are padded with entries of weight 0. */
export interface Affinities {
  /** First entry of each row, and the end of the last; multiples of 4. [rows + 1] */
  readonly start: Uint32Array;
  readonly column: Uint32Array;
  readonly weight: Float32Array;
  /** `sum p ln p` over all entries. */
  readonly constant: number;
}

/**
 * Conditional probabilities `p_j|i = exp(-beta_i d_ij^2) / sum_l exp(-beta_i d_il^2)` over the k
 * nearest neighbours of each point, with the beta_i that makes the perplexity
 * `exp(-sum_j p_j|i ln p_j|i)` the one asked for: Newton's method, and bisection where that leaves
 * the bracket. Where more neighbours than that are nearest at one distance, the perplexity cannot
 * become so small: these share the probability.
 *
 * @param distances [rows, k], ascending or not
 * @returns [rows, k]; rows sum to 1
 * @see van der Maaten, Hinton (2008), Visualizing data using t-SNE, equation 1 and section 2
 */
export function conditional(
  distances: Float32Array,
  k: number,
  perplexity: number,
): Float64Array {
  const p = new Float64Array(distances.length);
  const squares = new Float64Array(k);
  const wanted = Math.log(perplexity);
  for (let first = 0; first < p.length; first += k) {
    let nearest = Infinity;
    for (let t = 0; t < k; t++) {
      squares[t] = distances[first + t] ** 2;
      nearest = Math.min(nearest, squares[t]);
    }
    // Relative to the nearest no sum of exponentials can vanish.
    for (let t = 0; t < k; t++) squares[t] -= nearest;
    calibrate(squares, wanted, p.subarray(first, first + k));
  }
  return p;
}

/** Writes the probabilities of one point to `p`. */
function calibrate(squares: Float64Array, wanted: number, p: Float64Array): void {
  const k = squares.length;
  const mean = squares.reduce((sum, v) => sum + v, 0) / k;
  let beta = mean > 0 ? 1 / mean : 1, low = 0, high = Infinity;
  for (let step = 0; step < MOST_STEPS; step++) {
    let sum = 0, first = 0, second = 0;
    for (let t = 0; t < k; t++) {
      const e = Math.exp(-beta * squares[t]);
      p[t] = e;
      sum += e;
      first += e * squares[t];
      second += e * squares[t] * squares[t];
    }
    first /= sum;
    for (let t = 0; t < k; t++) p[t] /= sum;
    const excess = Math.log(sum) + beta * first - wanted;
    if (Math.abs(excess) < PRECISION) return;
    if (excess > 0) low = beta;
    else high = beta;
    // The entropy falls by beta times the variance of the squares.
    const slope = beta * (second / sum - first * first);
    const next = beta + excess / slope;
    if (next > low && next < high && next < 16 * beta) beta = next;
    else if (high < Infinity) beta = (low + high) / 2;
    else beta *= 4;
    if (beta > 1e300) return;
  }
}

/**
 * Joint probabilities `p_ij = (p_j|i + p_i|j) / (2 n)`, sparse; they sum to 1.
 * @param indices [n, k], neighbours of each point, none its own
 * @param p [n, k], of {@link conditional}
 * @see van der Maaten, Hinton (2008), section 3.1
 */
export function symmetrised(
  indices: Uint32Array,
  p: Float64Array,
  n: number,
  k: number,
): Affinities {
  const { start: from, order } = incoming(indices, n);
  // Every row has room for what goes out and what comes in.
  const room = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) room[i + 1] = room[i] + k + from[i + 1] - from[i];
  const columns = new Uint32Array(room[n]), values = new Float64Array(room[n]);
  const end = room.slice(0, n);
  const put = (row: number, column: number, value: number) => {
    const last = end[row] - 1;
    if (last >= room[row] && columns[last] === column) values[last] += value;
    else {
      columns[end[row]] = column;
      values[end[row]++] = value;
    }
  };
  // Column by column, so that rows are in order and both halves of an entry meet.
  for (let c = 0; c < n; c++) {
    for (let at = from[c]; at < from[c + 1]; at++) put(Math.floor(order[at] / k), c, p[order[at]]);
    for (let t = c * k; t < (c + 1) * k; t++) put(indices[t], c, p[t]);
  }
  return packed(n, (row) => ({
    column: columns.subarray(room[row], end[row]),
    value: values.subarray(room[row], end[row]),
  }), 1 / (2 * n));
}

/** Where each point is a neighbour: places of `indices` by what they hold, in order. */
function incoming(indices: Uint32Array, n: number) {
  const start = new Uint32Array(n + 1);
  for (const j of indices) start[j + 1]++;
  for (let j = 0; j < n; j++) start[j + 1] += start[j];
  const next = start.slice();
  const order = new Uint32Array(indices.length);
  for (let at = 0; at < indices.length; at++) order[next[indices[at]]++] = at;
  return { start, order };
}

/** The same without symmetry: rows of {@link conditional}, each of which sums to 1. */
export function directed(indices: Uint32Array, p: Float64Array, k: number): Affinities {
  return packed(indices.length / k, (row) => ({
    column: indices.subarray(row * k, (row + 1) * k),
    value: p.subarray(row * k, (row + 1) * k),
  }), 1);
}

/** Rows times a factor, padded. */
function packed(
  rows: number,
  row: (i: number) => { readonly column: Uint32Array; readonly value: Float64Array },
  factor: number,
): Affinities {
  const start = new Uint32Array(rows + 1);
  for (let i = 0; i < rows; i++) {
    start[i + 1] = start[i] + LANES * Math.ceil(row(i).column.length / LANES);
  }
  const column = new Uint32Array(start[rows]), weight = new Float32Array(start[rows]);
  let constant = 0;
  for (let i = 0; i < rows; i++) {
    const { column: columns, value } = row(i);
    column.set(columns, start[i]);
    // Padding asks for a point that is at hand already.
    column.fill(columns[columns.length - 1], start[i] + columns.length, start[i + 1]);
    for (let t = 0; t < value.length; t++) {
      const p = value[t] * factor;
      weight[start[i] + t] = p;
      if (p > 0) constant += p * Math.log(p);
    }
  }
  return { start, column, weight, constant };
}
