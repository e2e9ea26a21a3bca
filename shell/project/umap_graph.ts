/** The fuzzy graph of UMAP, from lists of nearest neighbours. All in float64. */

/** Lists of nearest neighbours, `k` for each point, the nearest first. */
export interface Lists {
  readonly indices: Uint32Array;
  readonly distances: Float32Array;
  readonly k: number;
}

/** The scales of the points' distances. */
export interface Scales {
  /** rho_i: the distance to the nearest neighbour that is not at the same place. */
  readonly rhos: Float64Array;
  /** sigma_i. */
  readonly sigmas: Float64Array;
}

/** A sparse matrix by rows; the columns of a row ascend. */
export interface SparseRows {
  /** [rows + 1], where each row begins. */
  readonly start: Uint32Array;
  readonly column: Uint32Array;
  readonly weight: Float64Array;
}

/** The sum of memberships is met to within this, in at most so many bisections. */
const TOLERANCE = 1e-5;
const BISECTIONS = 64;

/** A sigma is at least this part of the mean distance. */
const FLOOR = 1e-3;

/**
 * For each point the sigma_i with `sum_j exp(-max(0, d_ij - rho_i) / sigma_i) = log2(size)`, by
 * bisection, and rho_i, its smallest distance above 0 (0 if there is none). Sigma is at least 1/1000
 * of the mean distance of the point to its neighbours and itself; of all points, if rho is 0.
 *
 * @param size neighbours of a point as UMAP counts them: with the point itself, in a fit
 * @param local rho is found (1), or 0 for all, as for new points
 * @see McInnes, Healy, Melville (2018), UMAP, algorithm 3
 */
export function smoothDistances({ distances, k }: Lists, size: number, local = true): Scales {
  const n = distances.length / k;
  const rhos = new Float64Array(n), sigmas = new Float64Array(n);
  const goal = Math.log2(size);
  const meanOf = (of: Float32Array) => of.reduce((a, d) => a + d, 0) / (of.length * size / k);
  const overall = meanOf(distances);
  for (let i = 0; i < n; i++) {
    const row = distances.subarray(i * k, (i + 1) * k);
    const rho = local ? row.find((d) => d > 0) ?? 0 : 0;
    rhos[i] = rho;
    sigmas[i] = Math.max(bisect(row, rho, goal), FLOOR * (rho > 0 ? meanOf(row) : overall));
  }
  return { rhos, sigmas };
}

function bisect(row: Float32Array, rho: number, goal: number): number {
  let low = 0, high = Infinity, sigma = 1;
  for (let step = 0; step < BISECTIONS; step++) {
    let sum = 0;
    for (let t = 0; t < row.length; t++) {
      sum += row[t] > rho ? Math.exp((rho - row[t]) / sigma) : 1;
    }
    if (Math.abs(sum - goal) < TOLERANCE) break;
    if (sum > goal) high = sigma;
    else low = sigma;
    sigma = high === Infinity ? 2 * sigma : (low + high) / 2;
  }
  return sigma;
}

/** `exp(-max(0, d_ij - rho_i) / sigma_i)` for each neighbour; 1 where sigma is 0. */
export function memberships({ distances, k }: Lists, { rhos, sigmas }: Scales): Float64Array {
  return Float64Array.from(distances, (d, at) => {
    const i = Math.floor(at / k);
    return d <= rhos[i] || sigmas[i] === 0 ? 1 : Math.exp((rhos[i] - d) / sigmas[i]);
  });
}

/**
 * The fuzzy union of a directed graph and its reverse, `w_ij + w_ji - w_ij w_ji`.
 * @param weight of each neighbour in the lists
 * @see McInnes, Healy, Melville (2018), UMAP, algorithm 1
 */
export function fuzzyUnion({ indices, k }: Lists, weight: Float64Array): SparseRows {
  const n = indices.length / k;
  const back = reverse(indices, k, n);
  const start = new Uint32Array(n + 1);
  const columns = new Uint32Array(2 * indices.length), weights = new Float64Array(columns.length);
  // The weight of each column in the row at hand, and whose row that was.
  const held = new Float64Array(n), owner = new Uint32Array(n);
  for (let i = 0, end = 0; i < n; i++) {
    const begin = end;
    for (let at = i * k; at < (i + 1) * k; at++) {
      if (indices[at] === i) continue;
      columns[end++] = indices[at];
      held[indices[at]] = weight[at];
      owner[indices[at]] = i + 1;
    }
    for (let at = back.start[i]; at < back.start[i + 1]; at++) {
      const place = back.place[at], j = Math.floor(place / k), w = weight[place];
      if (j === i) continue;
      if (owner[j] !== i + 1) columns[end++] = j;
      held[j] = owner[j] === i + 1 ? held[j] + w - held[j] * w : w;
      owner[j] = i + 1;
    }
    columns.subarray(begin, end).sort();
    for (let at = begin; at < end; at++) weights[at] = held[columns[at]];
    start[i + 1] = end;
  }
  return { start, column: columns.slice(0, start[n]), weight: weights.slice(0, start[n]) };
}

/** The places of the lists that hold point j, for each j. */
function reverse(indices: Uint32Array, k: number, n: number) {
  const start = new Uint32Array(n + 1);
  for (const j of indices) start[j + 1]++;
  for (let j = 0; j < n; j++) start[j + 1] += start[j];
  const next = start.slice(), place = new Uint32Array(n * k);
  indices.forEach((j, at) => place[next[j]++] = at);
  return { start, place };
}

/** The lists as the rows of a matrix, nearest first. */
export function listRows({ indices, k }: Lists, weight: Float64Array): SparseRows {
  const n = indices.length / k;
  return {
    start: Uint32Array.from({ length: n + 1 }, (_, i) => i * k),
    column: indices,
    weight,
  };
}

/** The connected components: the number of each point's, from 0 on in the order of first points. */
export function components({ start, column }: SparseRows): { of: Uint32Array; count: number } {
  const n = start.length - 1, none = 2 ** 32 - 1;
  const of = new Uint32Array(n).fill(none), queue = new Uint32Array(n);
  let count = 0;
  for (let first = 0; first < n; first++) {
    if (of[first] !== none) continue;
    of[first] = count;
    queue[0] = first;
    for (let head = 0, tail = 1; head < tail; head++) {
      for (let at = start[queue[head]]; at < start[queue[head] + 1]; at++) {
        if (of[column[at]] !== none) continue;
        of[column[at]] = count;
        queue[tail++] = column[at];
      }
    }
    count++;
  }
  return { of, count };
}
