/** Clustering and metric-learning losses in float64, written from the formulas. */

import { MINING, type Mining } from "../shell/kernels/mine_triplets.ts";
import { square } from "./kernels/clustering.ts";

/** Numbers in a row. */
export type List = ArrayLike<number>;

const sum = (x: readonly number[]) => x.reduce((a, v) => a + v, 0);

/** Row i of a list of rows. */
export const rowOf = (x: List, i: number, dim: number): number[] =>
  Array.from({ length: dim }, (_, t) => x[i * dim + t]);

/** `||x_i - y_i||^2` for each of the rows. */
export const squaresOf = (x: List, y: List, dim: number): number[] =>
  Array.from({ length: x.length / dim }, (_, i) => square(x, i, y, i, dim));

/** Squared distances of all rows of z to all rows of mu. */
export const distancesOf = (z: List, mu: List, dim: number): number[] =>
  Array.from({ length: z.length / dim }).flatMap((_, i) =>
    Array.from({ length: mu.length / dim }, (_, j) => square(z, i, mu, j, dim))
  );

/** Soft assignment, eq. 1 of DEC. */
export function softAssignment(z: List, mu: List, dim: number, alpha: number): number[] {
  const k = mu.length / dim;
  // Logarithms: squares of 1e30 and alphas of 1e6 must not leave the range of float64.
  const log = distancesOf(z, mu, dim).map((d) => -(alpha + 1) / 2 * Math.log1p(d / alpha));
  return Array.from({ length: z.length / dim }).flatMap((_, i) => {
    const row = rowOf(log, i, k), top = Math.max(...row);
    const w = row.map((v) => Math.exp(v - top)), all = sum(w);
    return w.map((v) => v / all);
  });
}

/** `sum p log(p / q)`, with 0 log 0 = 0. */
export const divergence = (p: List, q: List): number =>
  sum(Array.from(p, (v, i) => v === 0 ? 0 : v * Math.log(v / q[i])));

/** Target distribution, eq. 3 of DEC, from given column sums. */
export function targetOf(q: List, f: List): number[] {
  const k = f.length;
  return Array.from({ length: q.length / k }).flatMap((_, i) => {
    const w = rowOf(q, i, k).map((v, j) => f[j] === 0 ? 0 : v * v / f[j]);
    const all = sum(w);
    return w.map((v) => all === 0 ? 0 : v / all);
  });
}

/** Sums of the columns. */
export function columnSums(x: List, k: number): number[] {
  const f = new Array<number>(k).fill(0);
  for (let at = 0; at < x.length; at++) f[at % k] += x[at];
  return f;
}

/** Each row divided by its length, or by epsilon if that is larger. */
export const unitOf = (x: List, dim: number, epsilon = 1e-12): number[] =>
  Array.from({ length: x.length / dim }).flatMap((_, i) => {
    const row = rowOf(x, i, dim), length = Math.max(Math.hypot(...row), epsilon);
    return row.map((v) => v / length);
  });

/** Contrastive loss of each pair. */
export const contrastiveOf = (za: List, zb: List, same: List, dim: number, margin: number) =>
  squaresOf(za, zb, dim).map((d2, i) => {
    const gap = margin - Math.sqrt(d2);
    return same[i] ? d2 / 2 : (gap < 0 ? 0 : gap * gap) / 2;
  });

/** Triplet loss of each triplet. */
export function tripletsOf(
  [za, zp, zn]: readonly List[],
  dim: number,
  margin: number,
  squared: boolean,
): number[] {
  const size = (d2: number) => squared ? d2 : Math.sqrt(d2);
  const far = squaresOf(za, zn, dim);
  return squaresOf(za, zp, dim).map((d2, i) => {
    const excess = size(d2) - size(far[i]) + margin;
    return excess <= 0 ? 0 : excess;
  });
}

/** Triplets by the rules of `mine_triplets`; `words(i)` are the random words of anchor i. */
export function mined(
  d: List,
  label: List,
  mining: Mining,
  words: (i: number) => readonly number[],
): { positive: number[]; negative: number[]; valid: number[] } {
  const m = label.length;
  const rows = Array.from({ length: m }, (_, i) => i);
  const found = rows.map((i) => {
    const size = (j: number) => Number.isNaN(d[i * m + j]) ? Infinity : d[i * m + j];
    const order = (js: number[]) => [...js].sort((a, b) => size(a) - size(b) || a - b);
    const positives = rows.filter((j) => j !== i && label[j] === label[i]);
    const negatives = rows.filter((j) => label[j] !== label[i]);
    if (!positives.length || !negatives.length) return [i, i, 0];
    const farthest = (js: number[]) => js.reduce((a, b) => size(b) > size(a) ? b : a);
    const pick = (js: number[], word: number) => js[Math.floor(word / 2 ** 32 * js.length)];
    if (mining === "hard") return [farthest(positives), order(negatives)[0], 1];
    const positive = pick(positives, words(i)[0]);
    if (mining === "random") return [positive, pick(negatives, words(i)[1]), 1];
    const beyond = order(negatives.filter((j) => size(j) > size(positive)));
    return [positive, beyond.length ? beyond[0] : farthest(negatives), 1];
  });
  const [positive, negative, valid] = [0, 1, 2].map((t) => found.map((one) => one[t]));
  return { positive, negative, valid };
}

/** The names of the ways to mine. */
export const MINED = Object.keys(MINING) as Mining[];
