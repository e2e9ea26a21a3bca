// k-means++: nearest[t, i] = min(nearest[best, i], w_i ||x_i - candidate_t||^2), and its sums by
// block of rows. `first`: there is no nearest centre yet.

import { laneselect, squaresOf } from "./rows";

@unmanaged
class KmeansTrialsArgs {
  x: usize;
  weight: usize;
  candidate: usize;
  nearest: usize;
  sums: usize;
  n: u32;
  dim: u32;
  trials: u32;
  rows: u32;
  best: u32;
  first: u32;
}

/** An item is a block of rows. */
export function kmeans_trials(args: usize, begin: u32, end: u32): void {
  const a = changetype<KmeansTrialsArgs>(args);
  const column = (a.n as usize) << 2;
  for (let block = begin; block < end; block++) {
    const from = block * a.rows, to = min(from + a.rows, a.n);
    const sums = a.sums + (((block as usize) * a.trials) << 2);
    memory.fill(sums, 0, a.trials << 2);
    for (let i = from; i < to; i++) {
      const x = a.x + (((i as usize) * a.dim) << 2);
      const nearest = a.nearest + (i << 2);
      const weight = v128.load32_splat(a.weight + (i << 2));
      const before = v128.load32_splat(nearest + (a.best as usize) * column);
      for (let t: u32 = 0; t < a.trials; t += 4) {
        let d = f32x4.mul(weight, squaresOf(x, a.candidate, t, a.trials, a.dim));
        if (!a.first) d = laneselect(before, d, f32x4.lt(before, d));
        keep(d, 0, t, a.trials, nearest, column, sums);
        keep(d, 1, t, a.trials, nearest, column, sums);
        keep(d, 2, t, a.trials, nearest, column, sums);
        keep(d, 3, t, a.trials, nearest, column, sums);
      }
    }
  }
}

/** Stores one lane and adds it to its sum. */
function keep(
  d: v128,
  lane: u32,
  first: u32,
  trials: u32,
  nearest: usize,
  column: usize,
  sums: usize,
): void {
  const t = first + lane;
  if (t >= trials) return;
  const even = lane & 1 ? f32x4.extract_lane(d, 1) : f32x4.extract_lane(d, 0);
  const odd = lane & 1 ? f32x4.extract_lane(d, 3) : f32x4.extract_lane(d, 2);
  const value = lane & 2 ? odd : even;
  store<f32>(nearest + (t as usize) * column, value);
  store<f32>(sums + (t << 2), load<f32>(sums + (t << 2)) + value);
}
