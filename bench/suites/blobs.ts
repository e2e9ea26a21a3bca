/** Points for measurements that need no file: the same numbers in every process. */

import { Philox } from "../../shell/random.ts";

/** Clusters among the points. */
export const BLOBS = 10;
/** One point in so many, at random, is noise: uniform over the box of the centres. */
const NOISE = 20;
/** Half an edge of the box of the centres; a cluster's standard deviation is 1. */
const BOX = 8;
const STREAM = { centres: 0, points: 1 };

/**
 * `n` rows of `dim` numbers, row after row: Gaussian clusters of unit variance around centres drawn
 * from a box, at random, and 5% noise in the box. Fewer rows are the first of more rows.
 */
export function blobs(n: number, dim: number): Float32Array {
  const place = new Philox(1, STREAM.centres), random = new Philox(1, STREAM.points);
  const anywhere = (from: Philox) => BOX * (2 * from.uniform() - 1);
  const centres = Float64Array.from({ length: BLOBS * dim }, () => anywhere(place));
  const out = new Float32Array(n * dim);
  for (let i = 0; i < n; i++) {
    const noise = random.below(NOISE) === 0;
    const centre = random.below(BLOBS) * dim;
    for (let j = 0; j < dim; j++) {
      out[i * dim + j] = noise ? anywhere(random) : centres[centre + j] + random.normal();
    }
  }
  return out;
}

/** Rows 0, n/k, 2n/k, ... as k centres to start from. */
export function firstCentres(values: Float32Array, dim: number, k = BLOBS): Float32Array {
  const stride = Math.floor(values.length / dim / k);
  return Float32Array.from(
    { length: k * dim },
    (_, at) => values[Math.floor(at / dim) * stride * dim + at % dim],
  );
}
