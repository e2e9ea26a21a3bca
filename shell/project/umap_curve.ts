/** The curve that turns distances on a map into memberships. */

/** `1 / (1 + a d^(2 b))`. */
export interface Curve {
  readonly a: number;
  readonly b: number;
}

/** Points at which the two curves are compared. */
const POINTS = 300;
const STEPS = 200;

/**
 * The curve `q(d) = 1 / (1 + a d^(2 b))` that is nearest to
 *
 *     psi(d) = 1 for d < minDist, exp(-(d - minDist) / spread) beyond
 *
 * by least squares at 300 distances from 0 to 3 spread: the method of Levenberg and Marquardt, in
 * float64, from a = b = 1.
 *
 * @throws RangeError unless spread is a finite number above 0 and 0 <= minDist <= spread
 * @see McInnes, Healy, Melville (2018), UMAP, definition 11
 */
export function fitCurve(minDist: number, spread: number): Curve {
  if (!(spread > 0 && spread < Infinity)) {
    throw new RangeError(`umap: spread must be a finite number above 0, got ${spread}`);
  }
  if (!(minDist >= 0 && minDist <= spread)) {
    throw new RangeError(
      `umap: minDist must be from 0 to the spread, ${spread}, got ${minDist}`,
    );
  }
  let curve: Curve = { a: 1, b: 1 }, fit = normal(curve, minDist, spread);
  let damping = 1e-3;
  for (let step = 0; step < STEPS && damping < 1e12; step++) {
    const next = solve(curve, fit, damping);
    const there = next && normal(next, minDist, spread);
    if (!there || !(there.error < fit.error)) {
      damping *= 4;
      continue;
    }
    const done = fit.error - there.error <= 1e-15 * fit.error;
    [curve, fit, damping] = [next, there, damping / 4];
    if (done) break;
  }
  return curve;
}

/** The normal equations of a step: `J^T J`, `J^T r`, and the error `r^T r`. */
function normal({ a, b }: Curve, minDist: number, spread: number) {
  let aa = 0, ab = 0, bb = 0, ra = 0, rb = 0, error = 0;
  for (let i = 0; i < POINTS; i++) {
    const d = 3 * spread * i / (POINTS - 1);
    const psi = d < minDist ? 1 : Math.exp(-(d - minDist) / spread);
    const power = d > 0 ? d ** (2 * b) : 0;
    const q = 1 / (1 + a * power), r = psi - q;
    const byA = -q * q * power;
    const byB = d > 0 ? -q * q * a * power * 2 * Math.log(d) : 0;
    aa += byA * byA, ab += byA * byB, bb += byB * byB;
    ra += byA * r, rb += byB * r, error += r * r;
  }
  return { aa, ab, bb, ra, rb, error };
}

/** One damped step; undefined if it leaves a, b > 0. */
function solve({ a, b }: Curve, n: ReturnType<typeof normal>, damping: number): Curve | undefined {
  const aa = n.aa * (1 + damping), bb = n.bb * (1 + damping);
  const determinant = aa * bb - n.ab * n.ab;
  const next = {
    a: a + (n.ra * bb - n.rb * n.ab) / determinant,
    b: b + (n.rb * aa - n.ra * n.ab) / determinant,
  };
  return next.a > 0 && next.b > 0 ? next : undefined;
}
