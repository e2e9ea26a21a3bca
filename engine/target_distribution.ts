// goal_ij = (q_ij^2 / f_j) / sum_l (q_il^2 / f_l); terms with f_j = 0 are 0.

import { load_lanes, store_lanes, sum_lanes } from "./lanes";

/** The least normal number, 2^-126; what is below counts as 0. */
const TINY: f32 = 1.1754943508222875e-38;

@unmanaged
class TargetDistributionArgs {
  q: usize;
  f: usize;
  goal: usize;
  m: u32;
  k: u32;
}

/** An item is a row. */
export function target_distribution(args: usize, begin: u32, end: u32): void {
  const a = changetype<TargetDistributionArgs>(args);
  const k = a.k, zero = f32x4.splat(0.0), tiny = f32x4.splat(TINY);
  for (let row = begin; row < end; row++) {
    const q = a.q + ((row * k) << 2), p = a.goal + ((row * k) << 2);
    let sum4 = zero;
    for (let j: u32 = 0; j < k; j += 4) {
      const count = min(4, k - j);
      const v = load_lanes(q + (j << 2), count, zero);
      const f = load_lanes(a.f + (j << 2), count, zero);
      const w = v128.andnot(f32x4.mul(v, f32x4.div(v, f)), f32x4.lt(f, tiny));
      store_lanes(p + (j << 2), count, w);
      sum4 = f32x4.add(sum4, w);
    }
    const sum = sum_lanes(sum4);
    const all = f32x4.splat(sum < TINY ? 1.0 : sum);
    for (let j: u32 = 0; j < k; j += 4) {
      const count = min(4, k - j);
      store_lanes(p + (j << 2), count, f32x4.div(load_lanes(p + (j << 2), count, zero), all));
    }
  }
}
