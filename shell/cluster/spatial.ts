/** Rows in an order in which neighbours in space are near each other, and a tree of boxes over it. */

/** Rows of a panel: leaves begin at multiples of it, so that kernels can pack panels once. */
const PANEL = 8;

/** Rows that tell in which dimension a part is longest. */
const SAMPLE = 64;

/** A balanced binary tree over rows. */
export interface Tree {
  /** The rows, those of leaf l from `start[l]` to `start[l + 1] - 1`. */
  readonly order: Uint32Array;
  /** Multiples of 8, but for the last; a leaf has 1 to 32 rows. */
  readonly start: Uint32Array;
  /** A power of two. */
  readonly leaves: number;
  /**
   * [2 leaves, 2, width]: smallest and largest coordinates of each node; node 1 is the root, the
   * nodes below node t are 2 t and 2 t + 1, leaf l is node `leaves + l`.
   */
  readonly box: Float32Array;
}

/** Numbers of a corner of a box: `dim` and zeros up to whole vectors. */
const widthOf = (dim: number) => Math.ceil(dim / 4) * 4;

/** Where the leaves of n rows begin: 2 to 4 panels each, fewer if there are no more. */
export function leafStarts(n: number): Uint32Array {
  const panels = Math.ceil(n / PANEL);
  const leaves = 2 ** Math.max(0, Math.floor(Math.log2(panels / 2)));
  return Uint32Array.from(
    { length: leaves + 1 },
    (_, l) => Math.min(n, PANEL * Math.floor(l * panels / leaves)),
  );
}

/**
 * The numbers of the rows of x, [n, dim], sorted as a k-d tree sorts them: halves again and again,
 * each time in the dimension in which a sample of the part varies most.
 *
 * @see Bentley (1975), Multidimensional binary search trees used for associative searching
 */
export function spatialOrder(x: Float32Array, n: number, dim: number): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  const start = leafStarts(n);
  const keys = new Float32Array(n);
  const split = (first: number, last: number) => {
    if (last - first < 2) return;
    const middle = (first + last) / 2;
    const from = start[first], to = start[last];
    const d = widest(x, dim, order, from, to);
    for (let i = from; i < to; i++) keys[i] = x[order[i] * dim + d];
    select(keys, order, from, to - 1, start[middle]);
    split(first, middle);
    split(middle, last);
  };
  split(0, start.length - 1);
  return order;
}

/** The dimension of the largest variance among some rows. */
function widest(x: Float32Array, dim: number, order: Uint32Array, from: number, to: number) {
  const step = Math.max(1, Math.floor((to - from) / SAMPLE));
  const count = Math.ceil((to - from) / step);
  let best = 0, most = -1;
  for (let d = 0; d < dim; d++) {
    const shift = x[order[from] * dim + d];
    let sum = 0, squares = 0;
    for (let i = from; i < to; i += step) {
      const value = x[order[i] * dim + d] - shift;
      sum += value;
      squares += value * value;
    }
    const variance = squares - sum * sum / count;
    if (variance > most) [best, most] = [d, variance];
  }
  return best;
}

/** Moves the smallest keys before place `k`, with their rows: Hoare's selection. */
function select(keys: Float32Array, rows: Uint32Array, from: number, to: number, k: number): void {
  while (from < to) {
    const a = keys[from], b = keys[(from + to) >> 1], c = keys[to];
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    let i = from, j = to;
    while (i <= j) {
      while (keys[i] < pivot) i++;
      while (keys[j] > pivot) j--;
      if (i > j) break;
      const key = keys[i], row = rows[i];
      keys[i] = keys[j];
      rows[i++] = rows[j];
      keys[j] = key;
      rows[j--] = row;
    }
    if (k <= j) to = j;
    else if (k >= i) from = i;
    else return;
  }
}

/** The tree over rows of x, [n, dim], in the order given. */
export function treeOf(x: Float32Array, dim: number, order: Uint32Array): Tree {
  const start = leafStarts(order.length), leaves = start.length - 1;
  const width = widthOf(dim);
  const box = new Float32Array(2 * leaves * 2 * width);
  for (let leaf = 0; leaf < leaves; leaf++) {
    const low = (leaves + leaf) * 2 * width, high = low + width;
    const first = order[start[leaf]] * dim;
    for (let d = 0; d < dim; d++) box[low + d] = box[high + d] = x[first + d];
    for (let i = start[leaf] + 1; i < start[leaf + 1]; i++) {
      const row = order[i] * dim;
      for (let d = 0; d < dim; d++) {
        const value = x[row + d];
        if (value < box[low + d]) box[low + d] = value;
        if (value > box[high + d]) box[high + d] = value;
      }
    }
  }
  for (let node = leaves - 1; node > 0; node--) {
    const at = node * 2 * width, left = 2 * at, right = left + 2 * width;
    for (let d = 0; d < width; d++) {
      box[at + d] = Math.min(box[left + d], box[right + d]);
      box[at + width + d] = Math.max(box[left + width + d], box[right + width + d]);
    }
  }
  return { order, start, leaves, box };
}
