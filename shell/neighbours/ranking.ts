/** Lists of candidates become lists of neighbours: order, and whether one can be missing. */

import { NO_POINT } from "../kernels/k_nearest.ts";

/** Candidates of some queries, `width` for each. */
export interface Lists {
  /** Points, or NO_POINT where there are fewer. */
  readonly indices: Uint32Array;
  /** Squared distances from direct differences. */
  readonly exact: Float32Array;
  /** Squared distances that the candidates were chosen by, ascending. */
  readonly chosen: Float32Array;
}

/** Unit roundoff of float32. */
const ROUNDOFF = 2 ** -24;

/** Collects the k nearest of the candidates of each query. */
export class Ranking {
  readonly indices: Uint32Array;
  readonly distances: Float32Array;
  /** Queries of which a neighbour may have been missed. */
  readonly doubtful: number[] = [];
  readonly #slack: number;

  /**
   * @param width candidates of a query, k or more
   * @param dim numbers in a point
   * @param whole the candidates are all points that there are
   */
  constructor(
    queries: number,
    readonly k: number,
    readonly width: number,
    dim: number,
    readonly whole: boolean,
  ) {
    this.indices = new Uint32Array(queries * k);
    this.distances = new Float32Array(queries * k);
    this.#slack = 6 * (2 * dim + 16) * ROUNDOFF;
  }

  /**
   * Takes the lists of the queries `places`.
   *
   * @param squares `||x||^2` of each query if the candidates were chosen by products
   */
  rank(places: Uint32Array, lists: Lists, squares?: Float32Array): void {
    const { k, width } = this;
    places.forEach((place, i) => {
      const indices = lists.indices.subarray(i * width, (i + 1) * width);
      const exact = lists.exact.subarray(i * width, (i + 1) * width);
      sort(exact, indices);
      this.indices.set(indices.subarray(0, k), place * k);
      for (let t = 0; t < k; t++) this.distances[place * k + t] = Math.sqrt(exact[t]);
      if (!squares) return;
      const last = lists.chosen[(i + 1) * width - 1];
      const missing = indices[width - 1] === NO_POINT;
      if (missing || !(this.whole || this.#safe(exact[k - 1], last, squares[i]))) {
        this.doubtful.push(place);
      }
    });
  }

  /**
   * Whether no point outside the list can be nearer than `worst`, the exact square of the k-th.
   *
   * Let x be the query and c a point outside, both relative to the mean, u = 2^-24, a the square
   * from products and d the true one. Rounding of the product, of the squares, of their sum and of
   * the mean's subtraction makes |a - d| <= e (||x||^2 + ||c||^2) with e = (2 dim + 16) u. If
   * ||c|| <= 2 ||x|| that is at most 5 e ||x||^2. Else ||c|| <= 2 sqrt(d), and it is at most 5 e d. Being
   * outside, a >= last, so d >= last - 5 e (last + ||x||^2) in both cases; one more e is for the
   * rounding of direct differences, which is below e d.
   */
  #safe(worst: number, last: number, square: number): boolean {
    return worst < last - this.#slack * (last + square);
  }
}

/** Sorts a list by distance, then index; it is nearly in order already. */
function sort(distances: Float32Array, indices: Uint32Array): void {
  for (let i = 1; i < distances.length; i++) {
    const d = distances[i], index = indices[i];
    let at = i;
    for (; at > 0; at--) {
      const before = distances[at - 1];
      if (before < d || (before === d && indices[at - 1] < index)) break;
      distances[at] = before;
      indices[at] = indices[at - 1];
    }
    distances[at] = d;
    indices[at] = index;
  }
}
