// Packing for the matrix product: copies a few rows or columns of a matrix into a panel that the
// inner loop reads in sequence, [depth][width], zeros where the matrix ends.

/** Depth packed at a time, so that the quads of a panel meet in the L1 cache. */
const STRETCH: u32 = 64;

/**
 * to[p][r] = from[r][p] for `count` rows of `depth` elements: a transposition.
 *
 * @param step bytes of a row of the panel, a multiple of 16
 */
export function packRows(from: usize, depth: u32, count: u32, to: usize, step: usize): void {
  const row = (depth as usize) << 2;
  for (let p: u32 = 0; p < depth; p += STRETCH) {
    const length = min(depth - p, STRETCH);
    let source = from + (p << 2);
    let left = count;
    for (let quad: usize = 0; quad < step; quad += 16) {
      const target = to + (p as usize) * step + quad;
      if (left >= 4) {
        packFour(source, source + row, source + 2 * row, source + 3 * row, length, target, step);
      } else packFew(source, row, length, left, target, step);
      left -= min(left, 4);
      source += 4 * row;
    }
  }
}

/** Four whole rows, to[p][i] = ri[p]: transposes squares of 4 x 4. */
export function packFour(
  r0: usize,
  r1: usize,
  r2: usize,
  r3: usize,
  depth: u32,
  to: usize,
  step: usize,
): void {
  const whole = r0 + (((depth & ~3) as usize) << 2);
  const end = r0 + ((depth as usize) << 2);
  for (; r0 < whole; r0 += 16, r1 += 16, r2 += 16, r3 += 16) {
    const v0 = v128.load(r0), v1 = v128.load(r1), v2 = v128.load(r2), v3 = v128.load(r3);
    const a = i32x4.shuffle(v0, v1, 0, 4, 1, 5), b = i32x4.shuffle(v2, v3, 0, 4, 1, 5);
    const c = i32x4.shuffle(v0, v1, 2, 6, 3, 7), d = i32x4.shuffle(v2, v3, 2, 6, 3, 7);
    v128.store(to, i64x2.shuffle(a, b, 0, 2));
    v128.store(to + step, i64x2.shuffle(a, b, 1, 3));
    v128.store(to + 2 * step, i64x2.shuffle(c, d, 0, 2));
    v128.store(to + 3 * step, i64x2.shuffle(c, d, 1, 3));
    to += 4 * step;
  }
  for (; r0 < end; r0 += 4, r1 += 4, r2 += 4, r3 += 4) {
    store<f32>(to, load<f32>(r0), 0);
    store<f32>(to, load<f32>(r1), 4);
    store<f32>(to, load<f32>(r2), 8);
    store<f32>(to, load<f32>(r3), 12);
    to += step;
  }
}

/** Fewer than four rows, the others zero. */
function packFew(from: usize, row: usize, depth: u32, count: u32, to: usize, step: usize): void {
  for (let p: u32 = 0; p < depth; p++) {
    v128.store(to, i32x4.splat(0));
    for (let r: u32 = 0; r < count; r++) {
      store<f32>(to + (r << 2), load<f32>(from + (r as usize) * row));
    }
    from += 4;
    to += step;
  }
}

/**
 * to[p][r] = from[p][r] for `count` columns out of rows of `width` elements.
 *
 * @param step bytes of a row of the panel: 32 or 48
 */
export function packColumns(
  from: usize,
  width: u32,
  count: u32,
  depth: u32,
  to: usize,
  step: usize,
): void {
  const row = (width as usize) << 2;
  const end = to + (depth as usize) * step;
  if (((count << 2) as usize) < step) {
    for (; to < end; to += step) {
      for (let r: usize = 0; r < step; r += 16) v128.store(to + r, i32x4.splat(0));
      for (let r: u32 = 0; r < count; r++) store<f32>(to + (r << 2), load<f32>(from + (r << 2)));
      from += row;
    }
  } else if (step == 48) {
    for (; to < end; to += 48) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      v128.store(to, v128.load(from, 32), 32);
      from += row;
    }
  } else {
    for (; to < end; to += 32) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += row;
    }
  }
}
