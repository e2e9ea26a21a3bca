/** Directions of rows, for the cosine distance. */

/** Unit vectors as sums of two float32 numbers. */
export interface UnitVectors {
  readonly high: Float32Array;
  readonly low: Float32Array;
}

/**
 * `x_i / ||x_i||` of each row, computed in float64 and kept to 48 bits: `high + low`.
 *
 * @param x [n, dim]
 * @param what names the caller in the message
 * @throws RangeError that names the first row of zeros
 */
export function unitVectors(x: Float32Array, dim: number, what: string): UnitVectors {
  const high = new Float32Array(x.length), low = new Float32Array(x.length);
  for (let at = 0; at < x.length; at += dim) {
    let square = 0;
    for (let d = at; d < at + dim; d++) square += x[d] * x[d];
    if (square === 0) {
      throw new RangeError(
        `${what}: a row of zeros has no direction under "cosine", got one in row ${at / dim}: ` +
          `remove such rows first`,
      );
    }
    const norm = Math.sqrt(square);
    for (let d = at; d < at + dim; d++) {
      const value = x[d] / norm;
      high[d] = value;
      low[d] = value - high[d];
    }
  }
  return { high, low };
}
