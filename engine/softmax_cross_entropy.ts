// softmax_cross_entropy, by row: probability = e^(x - max) / sum,
// loss = ln(sum) - (x[label] - max).
// softmax_cross_entropy_grad: dx = scale (probability - onehot(label)).

import { exp4 } from "./activation_math";
import { load_lanes, store_lanes, sum_lanes } from "./lanes";
import { log4 } from "./math";
import { lanesEnd } from "./simd";

/** The most negative finite number. */
const LOWEST: f32 = -3.4028234663852886e38;

@unmanaged
class SoftmaxCrossEntropyArgs {
  x: usize;
  label: usize;
  loss: usize;
  probability: usize;
  m: u32;
  n: u32;
}

@unmanaged
class SoftmaxCrossEntropyGradArgs {
  probability: usize;
  label: usize;
  dx: usize;
  m: u32;
  n: u32;
  scale: f32;
}

/** Largest of `n` numbers at `x`, not counting NaN. */
function row_max(x: usize, n: u32): f32 {
  let top = f32x4.splat(LOWEST);
  const whole = lanesEnd(0, n);
  for (let i: u32 = 0; i < whole; i += 4) {
    top = f32x4.pmax(top, v128.load(x + (i << 2)));
  }
  if (whole < n) top = f32x4.pmax(top, load_lanes(x + (whole << 2), n - whole, top));
  return max(
    max(f32x4.extract_lane(top, 0), f32x4.extract_lane(top, 1)),
    max(f32x4.extract_lane(top, 2), f32x4.extract_lane(top, 3)),
  );
}

/** Writes p = e^(x - top) and returns the sum. */
function row_exp(x: usize, p: usize, n: u32, top: f32): f32 {
  const shift = f32x4.splat(top), none = f32x4.splat(-Infinity);
  let sum = f32x4.splat(0.0);
  const whole = lanesEnd(0, n);
  for (let i: u32 = 0; i < whole; i += 4) {
    const e = exp4(f32x4.sub(v128.load(x + (i << 2)), shift));
    v128.store(p + (i << 2), e);
    sum = f32x4.add(sum, e);
  }
  if (whole < n) {
    const e = exp4(f32x4.sub(load_lanes(x + (whole << 2), n - whole, none), shift));
    store_lanes(p + (whole << 2), n - whole, e);
    sum = f32x4.add(sum, e);
  }
  return sum_lanes(sum);
}

/** dx = factor * p over a row. */
function row_scale(p: usize, dx: usize, n: u32, factor: f32): void {
  const f = f32x4.splat(factor);
  const whole = lanesEnd(0, n);
  let i: u32 = 0;
  for (; i < whole; i += 4) v128.store(dx + (i << 2), f32x4.mul(v128.load(p + (i << 2)), f));
  for (; i < n; i++) store<f32>(dx + (i << 2), load<f32>(p + (i << 2)) * factor);
}

/** An item is a row. */
export function softmax_cross_entropy(args: usize, begin: u32, end: u32): void {
  const a = changetype<SoftmaxCrossEntropyArgs>(args);
  const n = a.n;
  for (let row = begin; row < end; row++) {
    const x = a.x + ((row * n) << 2), p = a.probability + ((row * n) << 2);
    const top = row_max(x, n);
    const sum = row_exp(x, p, n, top);
    row_scale(p, p, n, 1.0 / sum);
    const label = load<u32>(a.label + (row << 2));
    // The sum is NaN if a logit is NaN or plus infinity, zero if all are minus infinity.
    const loss = label < n && sum > 0.0
      ? f32x4.extract_lane(log4(f32x4.splat(sum)), 0) - (load<f32>(x + (label << 2)) - top)
      : f32.NaN;
    store<f32>(a.loss + (row << 2), loss);
  }
}

/** An item is a row. */
export function softmax_cross_entropy_grad(args: usize, begin: u32, end: u32): void {
  const a = changetype<SoftmaxCrossEntropyGradArgs>(args);
  const n = a.n;
  for (let row = begin; row < end; row++) {
    const p = a.probability + ((row * n) << 2), dx = a.dx + ((row * n) << 2);
    const label = load<u32>(a.label + (row << 2));
    if (label < n) {
      const hit = load<f32>(p + (label << 2));
      row_scale(p, dx, n, a.scale);
      store<f32>(dx + (label << 2), a.scale * (hit - 1.0));
    } else row_scale(p, dx, n, f32.NaN);
  }
}
