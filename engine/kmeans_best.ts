// The nearest centres of a panel of 8 points as far as they are known: 160 bytes. Each entry is
// eight numbers, one for each point: the best score, its label, the second best score, the point's
// square, and its margin. Functions take the address of the first or of the second four points.
//
// A score is s_j = u v_j - ||v_j||^2 / 2 with u = x - x_0 and v_j = c_j - x_0, so
// ||x - c_j||^2 = ||u||^2 - 2 s_j.

import { laneselect } from "./rows";

/** Bytes of it all, and where the entries lie. */
export const BEST: usize = 160;
export const LABEL: usize = 32;
export const SECOND: usize = 64;
export const SQUARE: usize = 96;
export const MARGIN: usize = 128;

/** Score of the second centre if there is none: a squared distance of 1e30. */
const FAR: f32 = -5e29;

/** No centre yet, for all 8 points. */
export function reset(best: usize): void {
  for (let q: usize = 0; q < 32; q += 16) {
    v128.store(best + q, f32x4.splat(-Infinity));
    v128.store(best + q, i32x4.splat(0), LABEL);
    v128.store(best + q, f32x4.splat(FAR), SECOND);
  }
}

/** Takes the scores of centre j into account. Of equal ones the first stays. */
export function keep(best: usize, score: v128, j: u32): void {
  const before = v128.load(best);
  const better = f32x4.gt(score, before);
  const second = f32x4.pmax(v128.load(best, SECOND), f32x4.pmin(score, before));
  v128.store(best, laneselect(score, before, better));
  v128.store(best, laneselect(i32x4.splat(j), v128.load(best, LABEL), better), LABEL);
  v128.store(best, second, SECOND);
}

/** The same of centres j to j + 3. */
export function keep4(best: usize, s0: v128, s1: v128, s2: v128, s3: v128, j: u32): void {
  let score = v128.load(best), label = v128.load(best, LABEL), second = v128.load(best, SECOND);
  let better = f32x4.gt(s0, score);
  second = f32x4.pmax(second, f32x4.pmin(s0, score));
  score = laneselect(s0, score, better);
  label = laneselect(i32x4.splat(j), label, better);
  better = f32x4.gt(s1, score);
  second = f32x4.pmax(second, f32x4.pmin(s1, score));
  score = laneselect(s1, score, better);
  label = laneselect(i32x4.splat(j + 1), label, better);
  better = f32x4.gt(s2, score);
  second = f32x4.pmax(second, f32x4.pmin(s2, score));
  score = laneselect(s2, score, better);
  label = laneselect(i32x4.splat(j + 2), label, better);
  better = f32x4.gt(s3, score);
  second = f32x4.pmax(second, f32x4.pmin(s3, score));
  v128.store(best, laneselect(s3, score, better));
  v128.store(best, laneselect(i32x4.splat(j + 3), label, better), LABEL);
  v128.store(best, second, SECOND);
}

/**
 * Margins of 8 points: lower bounds of d_2 - d_1 = (d_2^2 - d_1^2) / (d_1 + d_2), d_1 and d_2 being
 * the distances to the nearest and the second nearest centre.
 *
 * Rounding changes a squared distance by at most e = 2^-23 (dim + 4) (||u||^2 + max_j ||v_j||^2), so
 * the numerator by 2 e. It is lowered by twice that: once because it is computed here, and once
 * because the same arithmetic shall find the same nearest centre while the margin lasts.
 */
export function margins(best: usize, dim: u32, largest: f32): void {
  const unit = f32x4.splat(((dim + 4) as f32) * <f32> 1.2e-7);
  const v = f32x4.splat(largest), zero = f32x4.splat(0);
  for (const end = best + 32; best < end; best += 16) {
    const first = v128.load(best), second = v128.load(best, SECOND);
    const square = v128.load(best, SQUARE);
    const error = f32x4.mul(unit, f32x4.add(square, v));
    const near = f32x4.pmax(f32x4.sub(square, f32x4.add(first, first)), zero);
    const far = f32x4.pmax(f32x4.sub(square, f32x4.add(second, second)), zero);
    const sum = f32x4.add(f32x4.sqrt(f32x4.add(near, error)), f32x4.sqrt(f32x4.add(far, error)));
    // Half of the numerator.
    const gap = f32x4.sub(f32x4.sub(first, second), f32x4.add(error, error));
    v128.store(best, f32x4.div(f32x4.add(gap, gap), sum), MARGIN);
  }
}
