// y_i = x_(first + i) - centre, square_i = ||y_i||^2: x is rows x dim, y is m x dim; rows past the
// end of x give zeros.

import { loadFew, storeFew, sum } from "./rows";
import { madd } from "./simd";

@unmanaged
class CentredRowsArgs {
  x: usize;
  centre: usize;
  y: usize;
  square: usize;
  rows: u32;
  m: u32;
  dim: u32;
  first: u32;
}

/** An item is a row. */
export function centred_rows(args: usize, begin: u32, end: u32): void {
  const a = changetype<CentredRowsArgs>(args);
  const bytes = a.dim << 2;
  for (let i = begin; i < end; i++) {
    const y = a.y + i * bytes;
    let square: f32 = 0;
    if (a.first + i < a.rows) square = centred(y, a.x + (a.first + i) * bytes, a.centre, a.dim);
    else memory.fill(y, 0, bytes);
    store<f32>(a.square + (i << 2), square);
  }
}

/** y = x - centre; returns the square of y. */
function centred(y: usize, x: usize, centre: usize, dim: u32): f32 {
  let s = f32x4.splat(0);
  const whole = x + ((dim & ~3) << 2);
  for (; x < whole; x += 16, centre += 16, y += 16) {
    const v = f32x4.sub(v128.load(x), v128.load(centre));
    v128.store(y, v);
    s = madd(v, v, s);
  }
  const few = dim & 3;
  if (few) {
    const v = f32x4.sub(loadFew(x, few), loadFew(centre, few));
    storeFew(y, v, few);
    s = madd(v, v, s);
  }
  return sum(s);
}
