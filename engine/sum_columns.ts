// y[j] = sum of x[i, j] over i, x is m x n.

@unmanaged
class SumColumnsArgs {
  x: usize;
  y: usize;
  m: u32;
  n: u32;
  scratch: usize;
}

/** Columns in an item: a cache line of each row. */
const COLUMNS: u32 = 16;

/** Rows that are summed in f32 before their sums are added in f64. */
const ROWS: u32 = 64;

/** An item is a block of 16 columns; its float64 sums lie in the scratch memory. */
export function sum_columns(args: usize, begin: u32, end: u32): void {
  const a = changetype<SumColumnsArgs>(args);
  for (let item = begin; item < end; item++) {
    const column = item * COLUMNS;
    const width = min(COLUMNS, a.n - column);
    const sums = a.scratch + item * (COLUMNS << 3);
    for (let c: u32 = 0; c < COLUMNS; c++) store<f64>(sums + (c << 3), 0);

    // A block at the right edge reads on into the next row and ignores those sums; the last rows,
    // where there is no next row, are added one by one.
    const size = a.m * a.n;
    const safe: u32 = size < column + COLUMNS ? 0 : (size - column - COLUMNS) / a.n + 1;
    const whole = min(safe, a.m);
    const x = a.x + (column << 2);
    for (let i: u32 = 0; i < whole; i += ROWS) {
      addRows(sums, x + ((i * a.n) << 2), a.n << 2, min(ROWS, whole - i));
    }
    for (let i = whole; i < a.m; i++) addRow(sums, x + ((i * a.n) << 2), width);
    const y = a.y + (column << 2);
    for (let c: u32 = 0; c < width; c++) {
      store<f32>(y + (c << 2), load<f64>(sums + (c << 3)) as f32);
    }
  }
}

/** Adds `count` rows of 16 columns. */
function addRows(sums: usize, x: usize, stride: usize, count: u32): void {
  const end = x + (count as usize) * stride;
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (; x < end; x += stride) {
    s0 = f32x4.add(s0, v128.load(x));
    s1 = f32x4.add(s1, v128.load(x, 16));
    s2 = f32x4.add(s2, v128.load(x, 32));
    s3 = f32x4.add(s3, v128.load(x, 48));
  }
  addFour(sums, s0);
  addFour(sums + 32, s1);
  addFour(sums + 64, s2);
  addFour(sums + 96, s3);
}

/** Adds four f32 lanes to four f64 sums. */
function addFour(sums: usize, v: v128): void {
  const high = v128.shuffle<f32>(v, v, 2, 3, 2, 3);
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(v)));
  v128.store(sums, f64x2.add(v128.load(sums, 16), f64x2.promote_low_f32x4(high)), 16);
}

function addRow(sums: usize, x: usize, width: u32): void {
  for (let c: u32 = 0; c < width; c++) {
    const s = sums + (c << 3);
    store<f64>(s, load<f64>(s) + load<f32>(x + (c << 2)));
  }
}
