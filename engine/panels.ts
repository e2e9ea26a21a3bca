// Panels of 8 points with the points in the lanes: to[d][r] = x[row r][d].

/** Panel of 8 rows named by `order`; the last of `count` stands in for missing ones. */
export function gather8(x: usize, order: usize, count: u32, dim: u32, to: usize): void {
  for (let q: u32 = 0; q < 8; q += 4) {
    transposeRows(
      named(x, order, q, count, dim),
      named(x, order, q + 1, count, dim),
      named(x, order, q + 2, count, dim),
      named(x, order, q + 3, count, dim),
      dim,
      to + (q << 2),
    );
  }
}

/** The same of the rows minus `origin`. */
export function gather8From(
  x: usize,
  order: usize,
  count: u32,
  dim: u32,
  origin: usize,
  to: usize,
): void {
  for (let q: u32 = 0; q < 8; q += 4) {
    transposeDifferences(
      named(x, order, q, count, dim),
      named(x, order, q + 1, count, dim),
      named(x, order, q + 2, count, dim),
      named(x, order, q + 3, count, dim),
      dim,
      origin,
      to + (q << 2),
    );
  }
}

function named(x: usize, order: usize, r: u32, count: u32, dim: u32): usize {
  return x + (((load<u32>(order + (min(r, count - 1) << 2)) as usize) * dim) << 2);
}

function transposeRows(
  r0: usize,
  r1: usize,
  r2: usize,
  r3: usize,
  dim: u32,
  to: usize,
): void {
  const whole = r0 + (((dim & ~3) as usize) << 2);
  for (; r0 < whole; r0 += 16) {
    transpose4(v128.load(r0), v128.load(r1), v128.load(r2), v128.load(r3), to);
    to += 128;
    r1 += 16, r2 += 16, r3 += 16;
  }
  for (let d = dim & ~3; d < dim; d++) {
    v128.store(to, column(r0, r1, r2, r3));
    to += 32;
    r0 += 4, r1 += 4, r2 += 4, r3 += 4;
  }
}

function transposeDifferences(
  r0: usize,
  r1: usize,
  r2: usize,
  r3: usize,
  dim: u32,
  origin: usize,
  to: usize,
): void {
  const whole = r0 + (((dim & ~3) as usize) << 2);
  for (; r0 < whole; r0 += 16) {
    const o = v128.load(origin);
    transpose4(
      f32x4.sub(v128.load(r0), o),
      f32x4.sub(v128.load(r1), o),
      f32x4.sub(v128.load(r2), o),
      f32x4.sub(v128.load(r3), o),
      to,
    );
    to += 128;
    origin += 16, r1 += 16, r2 += 16, r3 += 16;
  }
  for (let d = dim & ~3; d < dim; d++) {
    v128.store(to, f32x4.sub(column(r0, r1, r2, r3), v128.load32_splat(origin)));
    to += 32;
    origin += 4, r0 += 4, r1 += 4, r2 += 4, r3 += 4;
  }
}

/** One element of each row. */
function column(r0: usize, r1: usize, r2: usize, r3: usize): v128 {
  const x = v128.load32_lane(r1, v128.load32_zero(r0), 1);
  return v128.load32_lane(r3, v128.load32_lane(r2, x, 2), 3);
}

function transpose4(r0: v128, r1: v128, r2: v128, r3: v128, to: usize): void {
  const a = i32x4.shuffle(r0, r1, 0, 4, 1, 5), b = i32x4.shuffle(r2, r3, 0, 4, 1, 5);
  const c = i32x4.shuffle(r0, r1, 2, 6, 3, 7), d = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
  v128.store(to, i64x2.shuffle(a, b, 0, 2));
  v128.store(to, i64x2.shuffle(a, b, 1, 3), 32);
  v128.store(to, i64x2.shuffle(c, d, 0, 2), 64);
  v128.store(to, i64x2.shuffle(c, d, 1, 3), 96);
}
