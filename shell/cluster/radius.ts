/** What is within a radius: float32 bounds that tell most pairs apart, and the words of float64. */

/** What the kernel `radius_join` wants to know of a radius. */
export interface Radius {
  /** Squared distances in float32 up to `lo` are within the radius for sure, above `hi` outside. */
  readonly lo: number;
  readonly hi: number;
  /** The square of the radius in float64, by words. */
  readonly square_high: number;
  readonly square_low: number;
}

/**
 * The radius whose square is `square`, for points of `dim` numbers that float32 holds up to an
 * error of length `blur`.
 *
 * A squared distance by direct differences in float32 has a relative error below (dim + 3) 2^-24,
 * whatever the order of the additions; the bounds allow for twice that and for a little more.
 */
export function radiusOf(square: number, dim: number, blur = 0): Radius {
  const slack = (dim + 8) * 2 ** -23;
  const radius = Math.sqrt(square);
  const words = new DataView(new ArrayBuffer(8));
  words.setFloat64(0, square);
  return {
    lo: radius > blur ? (radius - blur) ** 2 * (1 - slack) : -1,
    hi: (radius + blur) ** 2 * (1 + slack),
    square_high: words.getUint32(0),
    square_low: words.getUint32(4),
  };
}
