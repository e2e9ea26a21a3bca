/** A map of codes while they are learned: new places turned so that they come near the old ones. */

/**
 * Places turned, mirrored and shifted, but not stretched, to be as near to others as they can be: the
 * rotation or reflection R that lowers `sum_i ||R (p_i - mean p) - (q_i - mean q)||^2`.
 *
 * @param places p, [n, 2] @param before q, [n, 2]
 * @see Schoenemann (1966), A generalized solution of the orthogonal Procrustes problem
 */
export function aligned(places: Float32Array, before: Float32Array): Float32Array {
  const p = meanOf(places), q = meanOf(before);
  // M = sum of q p^T; a rotation by t adds cos t (M_xx + M_yy) + sin t (M_yx - M_xy), a mirrored one
  // cos t (M_xx - M_yy) + sin t (M_yx + M_xy).
  const m = [0, 0, 0, 0];
  for (let i = 0; i < places.length; i += 2) {
    const [px, py] = [places[i] - p[0], places[i + 1] - p[1]];
    const [qx, qy] = [before[i] - q[0], before[i + 1] - q[1]];
    m[0] += qx * px, m[1] += qx * py, m[2] += qy * px, m[3] += qy * py;
  }
  const turn = [m[0] + m[3], m[2] - m[1]], mirror = [m[0] - m[3], m[2] + m[1]];
  const sign = Math.hypot(...turn) >= Math.hypot(...mirror) ? 1 : -1;
  const [c, s] = sign > 0 ? turn : mirror, length = Math.hypot(c, s);
  const cos = length > 0 ? c / length : 1, sin = length > 0 ? s / length : 0;
  return places.map((_v, at) => {
    const i = at & ~1, x = places[i] - p[0], y = sign * (places[i + 1] - p[1]);
    return at & 1 ? sin * x + cos * y + q[1] : cos * x - sin * y + q[0];
  });
}

function meanOf(places: Float32Array): [number, number] {
  const n = Math.max(1, places.length / 2);
  let x = 0, y = 0;
  for (let i = 0; i < places.length; i += 2) x += places[i], y += places[i + 1];
  return [x / n, y / n];
}
