/** Points in the order of a curve that fills the plane or space: neighbours stay together. */

/** Bits of a coordinate, by dimensions: 30 in all. */
const BITS = [30, 15, 10];

/** Points at most: 23 bits of a point's number and 30 of its place make up a float64. */
const MOST = 2 ** 23;

/**
 * Numbers of the points along Hilbert's curve through their bounding box; points in one cell of its
 * finest grid by number.
 *
 * @param y [n, stride], of which the first `dims` (1 to 3) coordinates count
 * @throws RangeError if there are 2^23 points or more
 * @see Skilling (2004), Programming the Hilbert curve
 */
export function hilbertOrder(y: Float32Array, stride: number, dims: number): Uint32Array {
  const n = y.length / stride;
  if (n >= MOST) throw new RangeError(`hilbertOrder: n must be below ${MOST}, got ${n}`);
  const bits = BITS[dims - 1];
  const { low, scale } = grid(y, stride, dims, 2 ** bits - 1);
  const keys = new Float64Array(n);
  const cell = new Uint32Array(dims);
  for (let i = 0; i < n; i++) {
    for (let t = 0; t < dims; t++) cell[t] = (y[i * stride + t] - low[t]) * scale;
    keys[i] = along(cell, bits) * MOST + i;
  }
  keys.sort();
  return Uint32Array.from(keys, (key) => key % MOST);
}

/** The corner of the bounding box, and what makes its longest side `cells` long. */
function grid(y: Float32Array, stride: number, dims: number, cells: number) {
  const low = new Array(dims).fill(Infinity), high = new Array(dims).fill(-Infinity);
  for (let at = 0; at < y.length; at += stride) {
    for (let t = 0; t < dims; t++) {
      if (y[at + t] < low[t]) low[t] = y[at + t];
      if (y[at + t] > high[t]) high[t] = y[at + t];
    }
  }
  const longest = Math.max(...low.map((v, t) => high[t] - v));
  return { low, scale: longest > 0 ? cells / longest : 0 };
}

/** Distance of a cell along the curve. Destroys `cell`. */
function along(cell: Uint32Array, bits: number): number {
  const dims = cell.length, top = 1 << (bits - 1);
  // Undo the turns and reflections of each level, from the coarsest on.
  for (let bit = top; bit > 1; bit >>>= 1) {
    const below = bit - 1;
    for (let t = 0; t < dims; t++) {
      if (cell[t] & bit) cell[0] ^= below;
      else {
        const change = (cell[0] ^ cell[t]) & below;
        cell[0] ^= change;
        cell[t] ^= change;
      }
    }
  }
  for (let t = 1; t < dims; t++) cell[t] ^= cell[t - 1];
  let change = 0;
  for (let bit = top; bit > 1; bit >>>= 1) if (cell[dims - 1] & bit) change ^= bit - 1;
  for (let t = 0; t < dims; t++) cell[t] ^= change;
  let distance = 0;
  for (let bit = bits - 1; bit >= 0; bit--) {
    for (let t = 0; t < dims; t++) distance = distance * 2 + ((cell[t] >>> bit) & 1);
  }
  return distance;
}
