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

// For GPUs: a workgroup of SIDE x SIDE invocations computes a square of 4 SIDE, 4 x 4 elements
// each, from tiles in workgroup memory, which it fills from the images as if their patches were
// rows of a matrix. The first row of invocations of the first squares also sums the columns of dz.
override SIDE = 8u;
// Terms of the sums in a tile.
const DEPTH = 16u;

var<workgroup> x_tile: array<vec4f, DEPTH * SIDE>;
var<workgroup> dz_tile: array<vec4f, DEPTH * SIDE>;

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

fn dz_at(i: u32, j: u32, end: u32) -> f32 {
  if (i < end && j < p.co) {
    return dz[i * p.co + j];
  }
  return 0.0;
}

fn dz4(i: u32, j: u32, end: u32) -> vec4f {
  return vec4f(
    dz_at(i, j, end), dz_at(i, j + 1u, end), dz_at(i, j + 2u, end), dz_at(i, j + 3u, end));
}

// Four columns of the tile from 4 j on: 4 terms from 4 q on.
fn x_block(q: u32, j: u32) -> mat4x4f {
  let at = 4u * q * SIDE + j;
  return mat4x4f(x_tile[at], x_tile[at + SIDE], x_tile[at + 2u * SIDE], x_tile[at + 3u * SIDE]);
}

fn dz_block(q: u32, j: u32) -> mat4x4f {
  let at = 4u * q * SIDE + j;
  return mat4x4f(dz_tile[at], dz_tile[at + SIDE], dz_tile[at + 2u * SIDE], dz_tile[at + 3u * SIDE]);
}

fn sum_tile(j: u32) -> vec4f {
  var chunk = vec4f();
  for (var q = 0u; q < DEPTH; q++) {
    chunk += dz_tile[q * SIDE + j];
  }
  return chunk;
}

// Stores an element of dw, if there is one.
fn put(part: u32, i: u32, j: u32, sum: f32) {
  let depth = p.kh * p.kw * p.ci;
  if (i < depth && j < p.co) {
    dw[(part * depth + i) * p.co + j] = sum;
  }
}

fn put_bias(part: u32, j: u32, sum: f32) {
  if (j < p.co) {
    db[part * p.co + j] = sum;
  }
}

fn put4(part: u32, i: u32, j: u32, sums: vec4f) {
  put(part, i, j, sums.x);
  put(part, i, j + 1u, sums.y);
  put(part, i, j + 2u, sums.z);
  put(part, i, j + 3u, sums.w);
}

@compute @workgroup_size(SIDE, SIDE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) at: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let across = (p.co + 4u * SIDE - 1u) / (4u * SIDE);
  let tiles = (p.kh * p.kw * p.ci + 4u * SIDE - 1u) / (4u * SIDE) * across;
  let tile = group.y * groups.x + group.x;
  let part = tile / tiles;
  let row = tile % tiles / across * 4u * SIDE;
  let column = tile % tiles % across * 4u * SIDE;
  let first = part * p.block;
  let end = min(first + p.block, p.n * p.oh * p.ow);
  let biased = p.bias != 0u && row + at.y == 0u;
  // SIDE divides the step: an invocation fills the same rows each time.
  let rows = rows_at(row + lane % SIDE * 4u);
  var c = mat4x4f();
  var sums = vec4f();
  for (var start = first; start < end; start += DEPTH) {
    for (var t = lane; t < DEPTH * SIDE; t += SIDE * SIDE) {
      x_tile[t] = x4(window_of(start + t / SIDE, end), rows);
    }
    for (var t = lane; t < DEPTH * SIDE; t += SIDE * SIDE) {
      dz_tile[t] = dz4(start + t / SIDE, column + t % SIDE * 4u, end);
    }
    workgroupBarrier();
    // (x^T dz)^T = dz^T x: the columns of a WGSL matrix are rows in memory.
    for (var k = 0u; k < 4u; k++) {
      c += dz_block(k, at.x) * transpose(x_block(k, at.y));
    }
    if (biased) {
      sums += sum_tile(at.x);
    }
    workgroupBarrier();
  }
  // A workgroup too many has no pixels.
  if (first >= end) {
    return;
  }
  let j = column + 4u * at.x;
  for (var u = 0u; u < 4u; u++) {
    put4(part, row + 4u * at.y + u, j, c[u]);
  }
  if (biased) {
    put_bias(part, j, sums.x);
    put_bias(part, j + 1u, sums.y);
    put_bias(part, j + 2u, sums.z);
    put_bias(part, j + 3u, sums.w);
  }
}
