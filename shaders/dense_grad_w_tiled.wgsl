// dw = x^T dz, db = column sums of dz: x is m x k, dz is m x n, dw is k x n.
struct Params {
  m: u32,
  k: u32,
  n: u32,
  bias: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dz: array<f32>;
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;
@group(0) @binding(3) var<storage, read_write> db: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

// For GPUs: a workgroup of SIDE x SIDE invocations computes a square of 4 SIDE, 4 x 4 elements
// each, from tiles in workgroup memory. 64 multiply-adds stand against 8 loads of 4 words there,
// most of them the same for many lanes. A word from memory serves a row of the square: 8 flop a
// byte with SIDE = 8, for small products (more workgroups share the device), 16 with SIDE = 16.
// The first row of invocations of the first workgroups also sums the columns of dz.
override SIDE = 8u;
// Terms of the sums in a tile.
const DEPTH = 16u;

var<workgroup> x_tile: array<vec4f, DEPTH * SIDE>;
var<workgroup> dz_tile: array<vec4f, DEPTH * SIDE>;

fn x_at(i: u32, j: u32) -> f32 {
  if (i < p.m && j < p.k) {
    return x[i * p.k + j];
  }
  return 0.0;
}

fn x4(i: u32, j: u32) -> vec4f {
  return vec4f(x_at(i, j), x_at(i, j + 1u), x_at(i, j + 2u), x_at(i, j + 3u));
}

fn dz_at(i: u32, j: u32) -> f32 {
  if (i < p.m && j < p.n) {
    return dz[i * p.n + j];
  }
  return 0.0;
}

fn dz4(i: u32, j: u32) -> vec4f {
  return vec4f(dz_at(i, j), dz_at(i, j + 1u), dz_at(i, j + 2u), dz_at(i, j + 3u));
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

// Stores an element of dw, if there is one.
fn put(i: u32, j: u32, sum: f32) {
  if (i < p.k && j < p.n) {
    dw[i * p.n + j] = sum;
  }
}

fn put_bias(j: u32, sum: f32) {
  if (j < p.n) {
    db[j] = sum;
  }
}

fn sum_tile(j: u32) -> vec4f {
  var part = vec4f();
  for (var q = 0u; q < DEPTH; q++) {
    part += dz_tile[q * SIDE + j];
  }
  return part;
}

fn put4(i: u32, j: u32, sums: vec4f) {
  put(i, j, sums.x);
  put(i, j + 1u, sums.y);
  put(i, j + 2u, sums.z);
  put(i, j + 3u, sums.w);
}

@compute @workgroup_size(SIDE, SIDE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) at: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.y * 4u * SIDE;
  let column = group.x * 4u * SIDE;
  let biased = p.bias != 0u && row + at.y == 0u;
  var c = mat4x4f();
  var sums = vec4f();
  for (var start = 0u; start < p.m; start += DEPTH) {
    for (var t = lane; t < DEPTH * SIDE; t += SIDE * SIDE) {
      x_tile[t] = x4(start + t / SIDE, row + t % SIDE * 4u);
    }
    for (var t = lane; t < DEPTH * SIDE; t += SIDE * SIDE) {
      dz_tile[t] = dz4(start + t / SIDE, column + t % SIDE * 4u);
    }
    workgroupBarrier();
    // (x^T dz)^T = dz^T x: the columns of a WGSL matrix are rows in memory.
    for (var q = 0u; q < 4u; q++) {
      c += dz_block(q, at.x) * transpose(x_block(q, at.y));
    }
    if (biased) {
      sums += sum_tile(at.x);
    }
    workgroupBarrier();
  }
  let j = column + 4u * at.x;
  for (var u = 0u; u < 4u; u++) {
    put4(row + 4u * at.y + u, j, c[u]);
  }
  if (biased) {
    put_bias(j, sums.x);
    put_bias(j + 1u, sums.y);
    put_bias(j + 2u, sums.z);
    put_bias(j + 3u, sums.w);
  }
}
