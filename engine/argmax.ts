// y[i] = the least j with the largest x[i, j], x is m x n; NaN is larger than every number.

@unmanaged
class ArgmaxArgs {
  x: usize;
  y: usize;
  m: u32;
  n: u32;
}

/** An item is a row. */
export function argmax(args: usize, begin: u32, end: u32): void {
  const a = changetype<ArgmaxArgs>(args);
  for (let i = begin; i < end; i++) {
    const row = a.x + ((i * a.n) << 2);
    store<u32>(a.y + (i << 2), find(row, a.n, largest(row, a.n)));
  }
}

/** The largest of a row; NaN if there is one. */
function largest(x: usize, n: u32): f32 {
  const end = x + (n << 2);
  let best = load<f32>(x);
  if (n >= 4) {
    let best4 = v128.load(x);
    for (x += 16; x + 16 <= end; x += 16) best4 = f32x4.max(best4, v128.load(x));
    best = max(
      max(f32x4.extract_lane(best4, 0), f32x4.extract_lane(best4, 1)),
      max(f32x4.extract_lane(best4, 2), f32x4.extract_lane(best4, 3)),
    );
  }
  for (; x < end; x += 4) best = max(best, load<f32>(x));
  return best;
}

/** The first place of `value` in a row that has it, or of NaN if it is NaN. */
function find(x: usize, n: u32, value: f32): u32 {
  const nan = value != value;
  for (let j: u32 = 0; j < n; j++) {
    const v = load<f32>(x + (j << 2));
    if (nan ? v != v : v == value) return j;
  }
  return 0;
}
