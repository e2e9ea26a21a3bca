// dw[q] = x * dz, db[q] = sums of dz, over the pixels of part q: x is n x ih x iw x ci, dz is
// n x oh x ow x co, dw is parts x kh x kw x ci x co, db is parts x co.
struct Params {
  n: u32,
  ih: u32,
  iw: u32,
  ci: u32,
  oh: u32,
  ow: u32,
  co: u32,
  kh: u32,
  kw: u32,
  sh: u32,
  sw: u32,
  top: u32,
  left: u32,
  block: u32,
  bias: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dz: array<f32>;
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;
@group(0) @binding(3) var<storage, read_write> db: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

// An invocation computes 16 x 16 elements of one part of dw in 4 x 4 blocks, 4 terms of the
// sums at a time, as products of transposes: the columns of a WGSL matrix are rows in memory. The
// tile is this large for adapters that are CPUs: a load there costs as much as ten multiply-adds.
// Reads past an edge give some value of the buffer, which is masked or ends in an element that is
// not stored.
const TILE = 16u;
const LANES = 4u;

// Pixels of dz that are summed before they join a total, so that no sum is long.
const CHUNK = 64u;

// The window of a pixel: address of its corner, row and column. Past the part: far outside.
fn window_of(pixel: u32, end: u32) -> vec3i {
  let image = pixel / p.ow / p.oh;
  let y = i32(pixel / p.ow % p.oh * p.sh) - i32(p.top);
  let x = i32(pixel % p.ow * p.sw) - i32(p.left);
  let at = (i32(image * p.ih) + y) * i32(p.iw) + x;
  return select(vec3i(0, -0x40000000, 0), vec3i(at * i32(p.ci), y, x), pixel < end);
}

// Four rows of dw: row and column of the tap, distance in memory from the corner of a window.
struct Rows {
  ky: vec4i,
  kx: vec4i,
  distance: vec4i,
}

fn rows_at(i: u32) -> Rows {
  let k = vec4u(i, i + 1u, i + 2u, i + 3u);
  let ky = vec4i(k / (p.kw * p.ci));
  let r = vec4i(k % (p.kw * p.ci));
  return Rows(ky, r / i32(p.ci), ky * i32(p.iw * p.ci) + r);
}

fn x4(v: vec3i, rows: Rows) -> vec4f {
  let at = vec4u(v.x + rows.distance);
  let y = v.y + rows.ky;
  let column = v.z + rows.kx;
  let in_rows = (y >= vec4i()) & (y < vec4i(i32(p.ih)));
  let inside = in_rows & (column >= vec4i()) & (column < vec4i(i32(p.iw)));
  return select(vec4f(), vec4f(x[at.x], x[at.y], x[at.z], x[at.w]), inside);
}

fn x_block(v0: vec3i, v1: vec3i, v2: vec3i, v3: vec3i, rows: Rows) -> mat4x4f {
  return transpose(mat4x4f(x4(v0, rows), x4(v1, rows), x4(v2, rows), x4(v3, rows)));
}

// Zeros past the part.
fn dz4(i: u32, j: u32, end: u32) -> vec4f {
  let at = i * p.co + j;
  return select(vec4f(), vec4f(dz[at], dz[at + 1u], dz[at + 2u], dz[at + 3u]), i < end);
}

fn dz_block(i: u32, j: u32, end: u32) -> mat4x4f {
  return mat4x4f(dz4(i, j, end), dz4(i + 1u, j, end), dz4(i + 2u, j, end), dz4(i + 3u, j, end));
}

// Stores an element of dw, if there is one.
fn put(part: u32, i: u32, j: u32, sum: f32) {
  let depth = p.kh * p.kw * p.ci;
  if (i < depth && j < p.co) {
    dw[(part * depth + i) * p.co + j] = sum;
  }
}

fn sum_columns(j: u32, first: u32, end: u32) -> vec4f {
  var total = vec4f();
  for (var start = first; start < end; start += CHUNK) {
    var chunk = vec4f();
    for (var q = start; q < min(start + CHUNK, end); q++) {
      chunk += dz4(q, j, end);
    }
    total += chunk;
  }
  return total;
}

fn put_bias(part: u32, j: u32, sum: f32) {
  if (j < p.co) {
    db[part * p.co + j] = sum;
  }
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let depth = p.kh * p.kw * p.ci;
  let count = p.n * p.oh * p.ow;
  let across = (p.co + TILE - 1u) / TILE;
  let tiles = (depth + TILE - 1u) / TILE * across;
  let index = (group.y * groups.x + group.x) * LANES + lane;
  let part = index / tiles;
  let i = index % tiles / across * TILE;
  let j = index % across * TILE;
  let first = part * p.block;
  if (first >= count) {
    return;
  }
  let end = min(first + p.block, count);
  let rows0 = rows_at(i);
  let rows1 = rows_at(i + 4u);
  let rows2 = rows_at(i + 8u);
  let rows3 = rows_at(i + 12u);
  var c: array<mat4x4f, 16>;
  for (var q = first; q < end; q += 4u) {
    let b0 = dz_block(q, j, end);
    let b1 = dz_block(q, j + 4u, end);
    let b2 = dz_block(q, j + 8u, end);
    let b3 = dz_block(q, j + 12u, end);
    let v0 = window_of(q, end);
    let v1 = window_of(q + 1u, end);
    let v2 = window_of(q + 2u, end);
    let v3 = window_of(q + 3u, end);
    let a0 = x_block(v0, v1, v2, v3, rows0);
    c[0] += b0 * a0;
    c[1] += b1 * a0;
    c[2] += b2 * a0;
    c[3] += b3 * a0;
    let a1 = x_block(v0, v1, v2, v3, rows1);
    c[4] += b0 * a1;
    c[5] += b1 * a1;
    c[6] += b2 * a1;
    c[7] += b3 * a1;
    let a2 = x_block(v0, v1, v2, v3, rows2);
    c[8] += b0 * a2;
    c[9] += b1 * a2;
    c[10] += b2 * a2;
    c[11] += b3 * a2;
    let a3 = x_block(v0, v1, v2, v3, rows3);
    c[12] += b0 * a3;
    c[13] += b1 * a3;
    c[14] += b2 * a3;
    c[15] += b3 * a3;
  }
  for (var t = 0u; t < 64u; t++) {
    let row = i + t / 16u * 4u + t % 4u;
    let column = j + t / 4u % 4u * 4u;
    let sums = c[t / 4u][t % 4u];
    put(part, row, column, sums.x);
    put(part, row, column + 1u, sums.y);
    put(part, row, column + 2u, sums.z);
    put(part, row, column + 3u, sums.w);
  }
  if (p.bias != 0u && i == 0u) {
    for (var column = j; column < j + TILE; column += 4u) {
      let sums = sum_columns(column, first, end);
      put_bias(part, column, sums.x);
      put_bias(part, column + 1u, sums.y);
      put_bias(part, column + 2u, sums.z);
      put_bias(part, column + 3u, sums.w);
    }
  }
}
