// dsource[r, :] = sum of dy[i, :] over the i < m with index[at + i] = r, in order of i.

import { load_lanes, store_lanes } from "./lanes";

@unmanaged
class GatherGradArgs {
  dy: usize;
  index: usize;
  dsource: usize;
  rows: u32;
  m: u32;
  width: u32;
  at: u32;
}

/** y += x. */
function add_row(y: usize, x: usize, width: u32): void {
  const zero = f32x4.splat(0.0);
  for (let t: u32 = 0; t < width; t += 4) {
    const count = min(4, width - t), at: usize = t << 2;
    const sum = f32x4.add(load_lanes(y + at, count, zero), load_lanes(x + at, count, zero));
    store_lanes(y + at, count, sum);
  }
}

/** An item is a row of dsource. */
export function gather_grad(args: usize, begin: u32, end: u32): void {
  const a = changetype<GatherGradArgs>(args);
  const row = a.width << 2;
  const index = a.index + (a.at << 2);
  for (let r = begin; r < end; r++) {
    const y = a.dsource + r * row, wanted = i32x4.splat(r);
    memory.fill(y, 0, row);
    for (let i: u32 = 0; i < a.m; i += 4) {
      const count = min(4, a.m - i);
      // Lanes past the end repeat what is no match.
      const four = load_lanes(index + (i << 2), count, v128.not(wanted));
      let hits = i32x4.bitmask(i32x4.eq(four, wanted));
      for (; hits; hits &= hits - 1) add_row(y, a.dy + (i + ctz(hits)) * row, a.width);
    }
  }
}
