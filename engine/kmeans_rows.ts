// Scores of the K-Means assignment with the dimensions in the lanes, for many dimensions: register
// tiles of two points and a few centres, s_j = u v_j + h_j with u = x - origin. Nothing is packed but
// the centres. The loops hold at most 14 vectors: V8 has 15 registers. Scores go to to[j][0] for x
// and to[j][1] for y, a row being 8 numbers.

import { loadFew, sum, sums } from "./rows";
import { madd } from "./simd";

/** Scores of 5 centres, stored [dim / 4][5][4]. */
export function rows5(
  x: usize,
  y: usize,
  origin: usize,
  c: usize,
  dim: u32,
  h: usize,
  to: usize,
): void {
  let x0 = f32x4.splat(0), x1 = x0, x2 = x0, x3 = x0, x4 = x0;
  let y0 = x0, y1 = x0, y2 = x0, y3 = x0, y4 = x0;
  const end = x + (((dim & ~3) as usize) << 2);
  while (x != end) {
    const o = v128.load(origin);
    const p = f32x4.sub(v128.load(x), o), q = f32x4.sub(v128.load(y), o);
    let v = v128.load(c);
    x0 = madd(p, v, x0);
    y0 = madd(q, v, y0);
    v = v128.load(c, 16);
    x1 = madd(p, v, x1);
    y1 = madd(q, v, y1);
    v = v128.load(c, 32);
    x2 = madd(p, v, x2);
    y2 = madd(q, v, y2);
    v = v128.load(c, 48);
    x3 = madd(p, v, x3);
    y3 = madd(q, v, y3);
    v = v128.load(c, 64);
    x4 = madd(p, v, x4);
    y4 = madd(q, v, y4);
    x += 16;
    y += 16;
    origin += 16;
    c += 80;
  }
  if (dim & 3) {
    const o = v128.load(origin);
    const p = f32x4.sub(loadFew(x, dim & 3), o), q = f32x4.sub(loadFew(y, dim & 3), o);
    x0 = madd(p, v128.load(c), x0), y0 = madd(q, v128.load(c), y0);
    x1 = madd(p, v128.load(c, 16), x1), y1 = madd(q, v128.load(c, 16), y1);
    x2 = madd(p, v128.load(c, 32), x2), y2 = madd(q, v128.load(c, 32), y2);
    x3 = madd(p, v128.load(c, 48), x3), y3 = madd(q, v128.load(c, 48), y3);
    x4 = madd(p, v128.load(c, 64), x4), y4 = madd(q, v128.load(c, 64), y4);
  }
  store4(to, f32x4.add(v128.load(h), sums(x0, x1, x2, x3)));
  store4(to + 4, f32x4.add(v128.load(h), sums(y0, y1, y2, y3)));
  store<f32>(to, load<f32>(h, 16) + sum(x4), 128);
  store<f32>(to, load<f32>(h, 16) + sum(y4), 132);
}

/** Scores of 4 centres, stored [dim / 4][4][4]. */
export function rows4(
  x: usize,
  y: usize,
  origin: usize,
  c: usize,
  dim: u32,
  h: usize,
  to: usize,
): void {
  let x0 = f32x4.splat(0), x1 = x0, x2 = x0, x3 = x0;
  let y0 = x0, y1 = x0, y2 = x0, y3 = x0;
  const end = x + (((dim & ~3) as usize) << 2);
  while (x != end) {
    const o = v128.load(origin);
    const p = f32x4.sub(v128.load(x), o), q = f32x4.sub(v128.load(y), o);
    let v = v128.load(c);
    x0 = madd(p, v, x0);
    y0 = madd(q, v, y0);
    v = v128.load(c, 16);
    x1 = madd(p, v, x1);
    y1 = madd(q, v, y1);
    v = v128.load(c, 32);
    x2 = madd(p, v, x2);
    y2 = madd(q, v, y2);
    v = v128.load(c, 48);
    x3 = madd(p, v, x3);
    y3 = madd(q, v, y3);
    x += 16;
    y += 16;
    origin += 16;
    c += 64;
  }
  if (dim & 3) {
    const o = v128.load(origin);
    const p = f32x4.sub(loadFew(x, dim & 3), o), q = f32x4.sub(loadFew(y, dim & 3), o);
    x0 = madd(p, v128.load(c), x0), y0 = madd(q, v128.load(c), y0);
    x1 = madd(p, v128.load(c, 16), x1), y1 = madd(q, v128.load(c, 16), y1);
    x2 = madd(p, v128.load(c, 32), x2), y2 = madd(q, v128.load(c, 32), y2);
    x3 = madd(p, v128.load(c, 48), x3), y3 = madd(q, v128.load(c, 48), y3);
  }
  store4(to, f32x4.add(v128.load(h), sums(x0, x1, x2, x3)));
  store4(to + 4, f32x4.add(v128.load(h), sums(y0, y1, y2, y3)));
}

/** Scores of 2 centres, stored [dim / 4][2][4]. */
export function rows2(
  x: usize,
  y: usize,
  origin: usize,
  c: usize,
  dim: u32,
  h: usize,
  to: usize,
): void {
  let x0 = f32x4.splat(0), x1 = x0;
  let y0 = x0, y1 = x0;
  const end = x + (((dim & ~3) as usize) << 2);
  while (x != end) {
    const o = v128.load(origin);
    const p = f32x4.sub(v128.load(x), o), q = f32x4.sub(v128.load(y), o);
    let v = v128.load(c);
    x0 = madd(p, v, x0);
    y0 = madd(q, v, y0);
    v = v128.load(c, 16);
    x1 = madd(p, v, x1);
    y1 = madd(q, v, y1);
    x += 16;
    y += 16;
    origin += 16;
    c += 32;
  }
  if (dim & 3) {
    const o = v128.load(origin);
    const p = f32x4.sub(loadFew(x, dim & 3), o), q = f32x4.sub(loadFew(y, dim & 3), o);
    x0 = madd(p, v128.load(c), x0), y0 = madd(q, v128.load(c), y0);
    x1 = madd(p, v128.load(c, 16), x1), y1 = madd(q, v128.load(c, 16), y1);
  }
  const scores = sums(x0, y0, x1, y1);
  v128.store64_lane(to, f32x4.add(v128.load32_splat(h), scores), 0);
  v128.store64_lane(to, f32x4.add(v128.load32_splat(h, 4), scores), 1, 32);
}

/** The lanes, one below the other. */
function store4(to: usize, scores: v128): void {
  v128.store32_lane(to, scores, 0);
  v128.store32_lane(to, scores, 1, 32);
  v128.store32_lane(to, scores, 2, 64);
  v128.store32_lane(to, scores, 3, 96);
}
