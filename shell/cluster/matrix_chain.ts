import { Cancelled } from "../errors.ts";
import type { Growth } from "./growth.ts";
import type { Merges } from "./merge_tree.ts";

/** Milliseconds for which the host does not answer, about. */
const HOLD = 30;

/**
 * Merges clusters by the nearest-neighbour chain over a matrix of distances, which is used up. The
 * distance of two clusters is the largest of all pairs (complete) or their mean (average):
 * `d(a + b, c) = max(d_ac, d_bc)` or `(s_a d_ac + s_b d_bc) / (s_a + s_b)`. Ties as in `chain.ts`.
 *
 * @param d [n, n], symmetric
 * @throws Cancelled if the signal is aborted
 * @see Lance and Williams (1967), A general theory of classificatory sorting strategies
 */
export async function matrixMerges(
  d: Float32Array,
  n: number,
  linkage: "complete" | "average",
  { signal, onProgress }: Growth,
): Promise<Merges> {
  const pairs = new Uint32Array(2 * (n - 1)), heights = new Float64Array(n - 1);
  const size = new Uint32Array(n).fill(1);
  const most = new Float64Array(n);
  const chain: number[] = [];
  let first = 0, since = performance.now();
  for (let m = 0; m < n - 1;) {
    if (chain.length === 0) {
      while (size[first] === 0) first++;
      chain.push(first);
    }
    const tip = chain[chain.length - 1], before = chain[chain.length - 2] ?? -1;
    const nearest = nearestIn(d, n, size, tip, before);
    if (nearest !== before) {
      chain.push(nearest);
      continue;
    }
    chain.length -= 2;
    const a = Math.min(tip, before), b = Math.max(tip, before);
    pairs.set([a, b], 2 * m);
    // Rounding must not put a merge below one that it is made of.
    most[b] = heights[m] = Math.max(d[a * n + b], most[a], most[b]);
    join(d, n, size, a, b, linkage);
    m++;
    if (performance.now() - since < HOLD) continue;
    if (signal?.aborted) throw new Cancelled("linkage: stopped on request");
    onProgress?.(m, n - 1);
    await new Promise((go) => setTimeout(go));
    since = performance.now();
  }
  onProgress?.(n - 1, n - 1);
  return { pairs, heights };
}

/** The cluster nearest to the tip: of equals the one before it on the chain, then the lowest. */
function nearestIn(d: Float32Array, n: number, size: Uint32Array, tip: number, before: number) {
  const row = tip * n;
  let low = before < 0 ? Infinity : d[row + before], at = before;
  for (let i = 0; i < n; i++) {
    if (d[row + i] < low && i !== tip && size[i] > 0) [low, at] = [d[row + i], i];
  }
  return at;
}

/** Cluster b becomes a and b together; a is empty. */
function join(
  d: Float32Array,
  n: number,
  size: Uint32Array,
  a: number,
  b: number,
  linkage: "complete" | "average",
): void {
  const share = size[a] / (size[a] + size[b]);
  size[b] += size[a];
  size[a] = 0;
  for (let i = 0; i < n; i++) {
    if (size[i] === 0 || i === b) continue;
    const x = d[a * n + i], y = d[b * n + i];
    const both = linkage === "complete" ? Math.max(x, y) : y + share * (x - y);
    d[b * n + i] = d[i * n + b] = both;
  }
}
