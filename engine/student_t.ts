// student_t: q_ij = w_ij / sum_l w_il, w_ij = (1 + ||z_i - mu_j||^2 / alpha)^(-(alpha + 1) / 2).
// student_t_grad: slope_ij = scale (alpha + 1) (e_ij - q_ij sum_l e_il) / (alpha + d_ij).
// student_t_grad_z: dz_i = sum_j slope_ij (z_i - mu_j).
// student_t_grad_mu: partial_bj = sum over block b of 32 rows of slope_ij (mu_j - z_i).

import { exp4 } from "./activation_math";
import { load_lanes, store_lanes, sum_lanes } from "./lanes";
import { log1p4, log4 } from "./math";
import { squaresOf } from "./rows";
import { madd } from "./simd";

/** Rows of a partial sum. */
const ROWS: u32 = 32;

@unmanaged
class StudentTArgs {
  z: usize;
  mu: usize;
  q: usize;
  m: u32;
  k: u32;
  dim: u32;
  alpha: f32;
}

@unmanaged
class StudentTGradArgs {
  z: usize;
  mu: usize;
  q: usize;
  goal: usize;
  slope: usize;
  m: u32;
  k: u32;
  dim: u32;
  of_q: u32;
  alpha: f32;
  scale: f32;
}

@unmanaged
class StudentTGradZArgs {
  z: usize;
  mu: usize;
  slope: usize;
  dz: usize;
  m: u32;
  k: u32;
  dim: u32;
}

@unmanaged
class StudentTGradMuArgs {
  z: usize;
  mu: usize;
  slope: usize;
  partial: usize;
  m: u32;
  k: u32;
  dim: u32;
}

/** Writes the squared distances of a row to all centres and returns the least, NaN left out. */
function row_distances(z: usize, mu: usize, d: usize, k: u32, dim: u32): f32 {
  let low = f32x4.splat(Infinity);
  for (let j: u32 = 0; j < k; j += 4) {
    const four = squaresOf(z, mu, j, k, dim);
    low = f32x4.pmin(low, four);
    store_lanes(d + (j << 2), min(4, k - j), four);
  }
  return min(
    min(f32x4.extract_lane(low, 0), f32x4.extract_lane(low, 1)),
    min(f32x4.extract_lane(low, 2), f32x4.extract_lane(low, 3)),
  );
}

/** (1 + x)^-power for x >= 0; NaN stays. */
function weight4(x: v128, power: f32): v128 {
  const one = f32x4.splat(1.0);
  if (power == 1.0) return f32x4.div(one, f32x4.add(one, x));
  const above = f32x4.gt(x, one);
  const log = v128.bitselect(log4(f32x4.add(one, x)), log1p4(f32x4.pmin(x, one)), above);
  const w = exp4(f32x4.mul(log, f32x4.splat(-power)));
  // The logarithm knows no infinity.
  return v128.andnot(w, f32x4.eq(x, f32x4.splat(Infinity)));
}

/** An item is a row. */
export function student_t(args: usize, begin: u32, end: u32): void {
  const a = changetype<StudentTArgs>(args);
  const k = a.k, power: f32 = (a.alpha + 1.0) * 0.5;
  for (let row = begin; row < end; row++) {
    const q = a.q + ((row * k) << 2);
    const low = row_distances(a.z + ((row * a.dim) << 2), a.mu, q, k, a.dim);
    // w_j / w_nearest = (1 + (d_j - low) / (alpha + low))^-power: never all zero.
    const shift = f32x4.splat(low), base = f32x4.splat(a.alpha + low);
    let sum4 = f32x4.splat(0.0);
    for (let j: u32 = 0; j < k; j += 4) {
      const count = min(4, k - j);
      const d = load_lanes(q + (j << 2), count, f32x4.splat(Infinity));
      const w = weight4(f32x4.div(f32x4.sub(d, shift), base), power);
      store_lanes(q + (j << 2), count, w);
      sum4 = f32x4.add(sum4, w);
    }
    const sum = f32x4.splat(sum_lanes(sum4)), zero = f32x4.splat(0.0);
    for (let j: u32 = 0; j < k; j += 4) {
      const count = min(4, k - j);
      store_lanes(q + (j << 2), count, f32x4.div(load_lanes(q + (j << 2), count, zero), sum));
    }
  }
}

/** e at four columns: the goal, or its product with q. */
function terms4(goal: usize, q: v128, count: u32, of_q: u32): v128 {
  const v = load_lanes(goal, count, f32x4.splat(0.0));
  return of_q ? f32x4.mul(v, q) : v;
}

/** An item is a row. */
export function student_t_grad(args: usize, begin: u32, end: u32): void {
  const a = changetype<StudentTGradArgs>(args);
  const k = a.k, zero = f32x4.splat(0.0);
  const alpha = f32x4.splat(a.alpha), factor = f32x4.splat(a.scale * (a.alpha + 1.0));
  for (let row = begin; row < end; row++) {
    const at: usize = (row * k) << 2, z = a.z + ((row * a.dim) << 2);
    let sum4 = zero;
    for (let j: u32 = 0; j < k; j += 4) {
      const count = min(4, k - j), here = at + (j << 2);
      const q = load_lanes(a.q + here, count, zero);
      sum4 = f32x4.add(sum4, terms4(a.goal + here, q, count, a.of_q));
    }
    const sum = f32x4.splat(sum_lanes(sum4));
    for (let j: u32 = 0; j < k; j += 4) {
      const count = min(4, k - j), here = at + (j << 2);
      const d = squaresOf(z, a.mu, j, k, a.dim);
      const q = load_lanes(a.q + here, count, zero);
      const gap = f32x4.sub(terms4(a.goal + here, q, count, a.of_q), f32x4.mul(sum, q));
      const slope = f32x4.div(f32x4.mul(factor, gap), f32x4.add(alpha, d));
      store_lanes(a.slope + here, count, slope);
    }
  }
}

/**
 * out = sum over r < count of s_r (own - other_r), for 16 numbers of rows `stride` bytes apart; s_r
 * is found every `step` bytes from `slope` on.
 */
function pull16(
  own: usize,
  other: usize,
  stride: usize,
  slope: usize,
  step: usize,
  count: u32,
  out: usize,
): void {
  const x0 = v128.load(own), x1 = v128.load(own, 16);
  const x2 = v128.load(own, 32), x3 = v128.load(own, 48);
  let s0 = f32x4.splat(0.0), s1 = s0, s2 = s0, s3 = s0;
  for (let r: u32 = 0; r < count; r++) {
    const f = v128.load32_splat(slope);
    s0 = madd(f, f32x4.sub(x0, v128.load(other)), s0);
    s1 = madd(f, f32x4.sub(x1, v128.load(other, 16)), s1);
    s2 = madd(f, f32x4.sub(x2, v128.load(other, 32)), s2);
    s3 = madd(f, f32x4.sub(x3, v128.load(other, 48)), s3);
    other += stride;
    slope += step;
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
}

/** The same for rows of `dim` numbers, which lie one after the other. */
function pull(
  own: usize,
  other: usize,
  slope: usize,
  step: usize,
  count: u32,
  dim: u32,
  out: usize,
): void {
  const stride: usize = dim << 2, zero = f32x4.splat(0.0);
  let t: u32 = 0;
  for (; t + 16 <= dim; t += 16) {
    const at: usize = t << 2;
    pull16(own + at, other + at, stride, slope, step, count, out + at);
  }
  for (; t < dim; t += 4) {
    const lanes = min(4, dim - t);
    const x = load_lanes(own + (t << 2), lanes, zero);
    let sum = zero, y = other + (t << 2), s = slope;
    for (let r: u32 = 0; r < count; r++) {
      sum = madd(v128.load32_splat(s), f32x4.sub(x, load_lanes(y, lanes, zero)), sum);
      y += stride;
      s += step;
    }
    store_lanes(out + (t << 2), lanes, sum);
  }
}

/** An item is a row. */
export function student_t_grad_z(args: usize, begin: u32, end: u32): void {
  const a = changetype<StudentTGradZArgs>(args);
  for (let row = begin; row < end; row++) {
    const at: usize = (row * a.dim) << 2;
    pull(a.z + at, a.mu, a.slope + ((row * a.k) << 2), 4, a.k, a.dim, a.dz + at);
  }
}

/** An item is a block of 32 rows. */
export function student_t_grad_mu(args: usize, begin: u32, end: u32): void {
  const a = changetype<StudentTGradMuArgs>(args);
  const row = a.dim << 2, step = a.k << 2;
  for (let block = begin; block < end; block++) {
    const first = block * ROWS, count = min(ROWS, a.m - first);
    const z = a.z + first * row;
    for (let j: u32 = 0; j < a.k; j++) {
      const slope = a.slope + first * step + (j << 2);
      pull(a.mu + j * row, z, slope, step, count, a.dim, a.partial + (block * a.k + j) * row);
    }
  }
}
