/** How well a map keeps neighbours, in float64, written from the formulas. */

/** Squared distances of all pairs of rows. */
export function squares(x: ArrayLike<number>, n: number): Float64Array[] {
  const dim = x.length / n;
  return Array.from({ length: n }, (_, i) =>
    Float64Array.from({ length: n }, (_, j) => {
      let sum = 0;
      for (let t = 0; t < dim; t++) sum += (x[i * dim + t] - x[j * dim + t]) ** 2;
      return sum;
    }));
}

/** The others of each row, the nearest first; of equal ones the lower index. */
function orders(distances: readonly Float64Array[]): number[][] {
  return distances.map((row, i) =>
    Array.from(row, (_, j) => j).filter((j) => j !== i).sort((a, b) => row[a] - row[b] || a - b)
  );
}

/**
 * `1 - 2 / (n k (2 n - 3 k - 1)) sum_i sum_j (rank_ij - k)` over the j that are among the k nearest
 * of i on the map y, but not in x, where j is the rank_ij-th nearest.
 * @see Venna & Kaski 2001
 */
export function trustworthiness(x: ArrayLike<number>, y: ArrayLike<number>, n: number, k: number) {
  const near = orders(squares(y, n));
  let sum = 0;
  orders(squares(x, n)).forEach((order, i) => {
    const rank = new Int32Array(n);
    order.forEach((j, at) => rank[j] = at + 1);
    for (const j of near[i].slice(0, k)) sum += Math.max(0, rank[j] - k);
  });
  return 1 - 2 / (n * k * (2 * n - 3 * k - 1)) * sum;
}

/** Share of the rows of y whose class most of their five nearest others have; ties: the lowest. */
export function neighbourAccuracy(y: ArrayLike<number>, labels: readonly number[]): number {
  const right = orders(squares(y, labels.length)).filter((order, i) => {
    const votes = new Array(10).fill(0);
    for (const j of order.slice(0, 5)) votes[labels[j]]++;
    return votes.indexOf(Math.max(...votes)) === labels[i];
  });
  return right.length / labels.length;
}

/** A weighted edge. */
export type Edge = readonly [number, number, number];

/** Cross entropy of a graph and a map by the number of points, q kept within 1e-4 of 0 and 1. */
export function crossEntropy(
  y: ArrayLike<number>,
  n: number,
  edges: Iterable<Edge>,
  { a, b }: { readonly a: number; readonly b: number },
): number {
  const d = squares(y, n);
  const q = (i: number, j: number) =>
    Math.min(1 - 1e-4, Math.max(1e-4, 1 / (1 + a * d[i][j] ** b)));
  let sum = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j) sum -= Math.log(1 - q(i, j));
  for (const [i, j, w] of edges) sum -= w * (Math.log(q(i, j)) - Math.log(1 - q(i, j)));
  return sum / n;
}
