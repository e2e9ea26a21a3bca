// s = (b - a) / max(a, b) from mean cosine distances, (||x - centre||^2 + spread) / 2 for rows of
// length 1; the half cancels out.

import { squaresOf } from "./rows";

@unmanaged
class CosineSilhouetteArgs {
  x: usize;
  label: usize;
  centre: usize;
  spread: usize;
  size: usize;
  s: usize;
  n: u32;
  dim: u32;
  k: u32;
}

const ROWS: u32 = 16;

/** An item is 16 rows. */
export function cosine_silhouette(args: usize, begin: u32, end: u32): void {
  const a = changetype<CosineSilhouetteArgs>(args);
  for (let i = begin * ROWS; i < min(end * ROWS, a.n); i++) {
    store<f32>(a.s + (i << 2), value(a, i));
  }
}

function value(a: CosineSilhouetteArgs, i: u32): f32 {
  const label = load<u32>(a.label + (i << 2));
  if (label >= a.k) return 0;
  const x = a.x + (((i as usize) * a.dim) << 2);
  let own: f32 = 0, other: f32 = Infinity;
  for (let first: u32 = 0; first < a.k; first += 4) {
    const four = squaresOf(x, a.centre, first, a.k, a.dim);
    for (let c = first; c < min(first + 4, a.k); c++) {
      const mean = lane(four, c - first) + load<f32>(a.spread + (c << 2));
      if (c == label) own = mean;
      else other = min(other, mean);
    }
  }
  const size = load<f32>(a.size + (label << 2));
  if (size <= 1) return 0;
  own *= size / (size - 1);
  const larger = max(own, other);
  return larger == 0 ? 0 : (other - own) / larger;
}

function lane(v: v128, j: u32): f32 {
  if (j == 0) return f32x4.extract_lane(v, 0);
  if (j == 1) return f32x4.extract_lane(v, 1);
  if (j == 2) return f32x4.extract_lane(v, 2);
  return f32x4.extract_lane(v, 3);
}
