/** Which rows belong together: what Siamese and triplet networks learn from. */

import { Philox } from "../random.ts";

/** Where pairs and triplets come from; one of the three. */
export type Relations =
  /** Rows of one class belong together. -1 (or 2^32 - 1): the class is not known. */
  | { readonly labels: ArrayLike<number> }
  /** Given pairs of row numbers; `same` is 0 for rows that do not belong together. */
  | { readonly pairs: readonly (readonly [left: number, right: number, same: number])[] }
  /** Given triplets of row numbers: the anchor is nearer to the positive than to the negative. */
  | {
    readonly triplets: readonly (readonly [anchor: number, positive: number, negative: number])[];
  }
  /** A row belongs with its nearest neighbours, `k` row numbers for each. */
  | { readonly neighbours: Uint32Array; readonly k: number };

/** Streams of the seed for the pairs of an epoch. */
const STREAM = 0x570000;

/** Draws for one epoch. */
function drawsOf(seed: number, epoch: number): Philox {
  return new Philox(seed, STREAM + epoch);
}

/** Rows by class, for classes that are known. */
class Classes {
  readonly #members: number[][];
  readonly #classOf: Int32Array;
  /** Row numbers of the classes, one class after the other. */
  readonly #all: number[];

  constructor(labels: ArrayLike<number>, ids: Uint32Array) {
    const groups = new Map<number, number[]>();
    for (const id of ids) {
      const label = labels[id];
      if (label < 0 || label === 2 ** 32 - 1) continue;
      if (!groups.has(label)) groups.set(label, []);
      groups.get(label)!.push(id);
    }
    this.#members = [...groups].sort(([a], [b]) => a - b).map(([, members]) => members);
    this.#classOf = new Int32Array(labels.length).fill(-1);
    this.#members.forEach((rows, c) => rows.forEach((id) => this.#classOf[id] = c));
    this.#all = this.#members.flat();
    if (this.#members.length < 2) {
      throw new RangeError(
        `pairs from labels need two classes or more, got ${this.#members.length}: give labels of ` +
          "more classes, or train without labels",
      );
    }
  }

  /** Rows with a class. */
  get rows(): Uint32Array {
    return Uint32Array.from(this.#all);
  }

  /** Another row of the same class, if there is one. */
  like(draws: Philox, id: number): number {
    const rows = this.#members[this.#classOf[id]];
    const other = rows[draws.below(rows.length)];
    return other === id ? rows[(rows.indexOf(id) + 1) % rows.length] : other;
  }

  /** A row of another class. */
  unlike(draws: Philox, id: number): number {
    while (true) {
      const other = this.#all[draws.below(this.#all.length)];
      if (this.#classOf[other] !== this.#classOf[id]) return other;
    }
  }
}

/** A partner that belongs with a row, and one that does not. */
interface Partners {
  /** Rows that can be anchors. */
  readonly rows: Uint32Array;
  like(draws: Philox, id: number): number;
  unlike(draws: Philox, id: number): number;
}

/** Neighbours belong together; any other row does not, as a rule. */
function neighbourhood(neighbours: Uint32Array, k: number, ids: Uint32Array): Partners {
  if (ids.length < k + 2) {
    throw new RangeError(
      `${k} neighbours each leave no row that does not belong with one of ${ids.length}: use more ` +
        "rows or fewer neighbours",
    );
  }
  return {
    rows: ids,
    like: (draws, id) => neighbours[id * k + draws.below(k)],
    unlike(draws, id) {
      const near = neighbours.subarray(id * k, (id + 1) * k);
      while (true) {
        const other = ids[draws.below(ids.length)];
        if (other !== id && !near.includes(other)) return other;
      }
    },
  };
}

function partnersOf(relations: Relations, ids: Uint32Array, n: number): Partners {
  if ("labels" in relations) {
    checkLength("labels", relations.labels.length, n);
    return new Classes(relations.labels, ids);
  }
  if ("neighbours" in relations) {
    const { neighbours, k } = relations;
    checkLength("lists of neighbours", neighbours.length / k, n);
    return neighbourhood(neighbours, k, ids);
  }
  throw new RangeError("these relations have no partners");
}

/** The pairs of an epoch. */
export interface Pairs {
  readonly left: Uint32Array;
  readonly right: Uint32Array;
  readonly same: Uint32Array;
}

/**
 * Makes the pairs of each epoch: given ones in another order each time, else one similar and one
 * dissimilar pair for each row.
 *
 * @throws RangeError if a pair points outside the n rows, or there is only one class
 */
export function pairsOf(
  relations: Relations,
  ids: Uint32Array,
  n: number,
  seed: number,
): { readonly count: number; epoch(epoch: number): Pairs } {
  if ("pairs" in relations) {
    const { pairs } = relations;
    checkRows("pair", pairs.map(([left, right]) => [left, right]), n);
    const epoch = (epoch: number) => {
      const order = Array.from(drawsOf(seed, epoch).permutation(pairs.length), (i) => pairs[i]);
      const column = (c: 0 | 1) => Uint32Array.from(order, (pair) => pair[c]);
      return {
        left: column(0),
        right: column(1),
        same: Uint32Array.from(order, ([, , same]) => same ? 1 : 0),
      };
    };
    return { count: pairs.length, epoch };
  }
  if ("triplets" in relations) {
    throw new RangeError("a Siamese network learns from pairs, got triplets: give pairs");
  }
  const partners = partnersOf(relations, ids, n);
  const { rows } = partners;
  const epoch = (epoch: number) => {
    const draws = drawsOf(seed, epoch);
    const order = draws.permutation(2 * rows.length);
    const left = Uint32Array.from(order, (i) => rows[i >> 1]);
    const same = Uint32Array.from(order, (i) => i & 1);
    const right = left.map((id, i) =>
      same[i] ? partners.like(draws, id) : partners.unlike(draws, id)
    );
    return { left, right, same };
  };
  return { count: 2 * rows.length, epoch };
}

/**
 * Makes the triplets of each epoch: given ones in another order each time, else one for each row.
 *
 * @throws RangeError if a triplet points outside the n rows, or there is only one class
 */
export function tripletsOf(
  relations: Relations,
  ids: Uint32Array,
  n: number,
  seed: number,
): { readonly count: number; epoch(epoch: number): readonly Uint32Array[] } {
  if ("triplets" in relations) {
    const { triplets } = relations;
    checkRows("triplet", triplets, n);
    const epoch = (epoch: number) => {
      const order = Array.from(drawsOf(seed, epoch).permutation(triplets.length));
      const column = (c: 0 | 1 | 2) => Uint32Array.from(order, (i) => triplets[i][c]);
      return [column(0), column(1), column(2)];
    };
    return { count: triplets.length, epoch };
  }
  if ("pairs" in relations) {
    throw new RangeError("a triplet network learns from triplets, got pairs: give triplets");
  }
  const partners = partnersOf(relations, ids, n);
  const { rows } = partners;
  const epoch = (epoch: number) => {
    const draws = drawsOf(seed, epoch);
    const anchors = Uint32Array.from(draws.permutation(rows.length), (i) => rows[i]);
    return [
      anchors,
      anchors.map((id) => partners.like(draws, id)),
      anchors.map((id) => partners.unlike(draws, id)),
    ];
  };
  return { count: rows.length, epoch };
}

/**
 * The rows among `ids`, out of n, whose class is known.
 * @throws RangeError if they are all of one class
 */
export function labelledRows(
  labels: ArrayLike<number>,
  ids: Uint32Array,
  n: number,
): Uint32Array {
  checkLength("labels", labels.length, n);
  return new Classes(labels, ids).rows;
}

function checkLength(what: string, length: number, n: number): void {
  if (length !== n) throw new RangeError(`${n} rows need as many ${what}, got ${length}`);
}

function checkRows(what: string, all: readonly (readonly number[])[], n: number): void {
  if (all.length === 0) throw new RangeError(`there is no ${what}: give one or more`);
  all.forEach((rows, i) => {
    const wrong = rows.find((row) => !(Number.isInteger(row) && row >= 0 && row < n));
    if (wrong !== undefined) {
      throw new RangeError(
        `${what} ${i} names row ${wrong}, and there are rows 0 to ${n - 1} only`,
      );
    }
  });
}
