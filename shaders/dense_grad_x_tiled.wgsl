// dx = (dz w^T) * act'(x): dz is m x n, w is k x n, x and dx are m x k.
struct Params {
  m: u32,
  k: u32,
  n: u32,
  activation: u32,
}

@group(0) @binding(0) var<storage, read> dz: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

// For GPUs: a workgroup of SIDE x SIDE invocations computes a square of 4 SIDE, 4 x 4 elements
// each, from tiles in workgroup memory. 64 multiply-adds stand against 8 loads of 4 words there,
// most of them the same for many lanes. A word from memory serves a row of the square: 8 flop a
// byte with SIDE = 8, for small products (more workgroups share the device), 16 with SIDE = 16.
// The pitch of tiles whose rows run along the sum is 5, not 4, to spread the lanes over the banks.
override SIDE = 8u;
// Terms of the sums in a tile.
const DEPTH = 16u;
const PITCH = 5u;

var<workgroup> dz_tile: array<vec4f, 4u * SIDE * PITCH>;
var<workgroup> w_tile: array<vec4f, 4u * SIDE * PITCH>;

fn dz_at(i: u32, j: u32) -> f32 {
  if (i < p.m && j < p.n) {
    return dz[i * p.n + j];
  }
  return 0.0;
}

fn dz4(i: u32, j: u32) -> vec4f {
  return vec4f(dz_at(i, j), dz_at(i, j + 1u), dz_at(i, j + 2u), dz_at(i, j + 3u));
}

fn w_at(i: u32, j: u32) -> f32 {
  if (i < p.k && j < p.n) {
    return w[i * p.n + j];
  }
  return 0.0;
}

fn w4(i: u32, j: u32) -> vec4f {
  return vec4f(w_at(i, j), w_at(i, j + 1u), w_at(i, j + 2u), w_at(i, j + 3u));
}

// Four rows of the tile, SIDE apart, from row i on: 4 terms from 4 q on.
fn dz_block(i: u32, q: u32) -> mat4x4f {
  let at = i * PITCH + q;
  let step = SIDE * PITCH;
  return mat4x4f(dz_tile[at], dz_tile[at + step], dz_tile[at + 2u * step], dz_tile[at + 3u * step]);
}

fn w_block(i: u32, q: u32) -> mat4x4f {
  let at = i * PITCH + q;
  let step = SIDE * PITCH;
  return mat4x4f(w_tile[at], w_tile[at + step], w_tile[at + 2u * step], w_tile[at + 3u * step]);
}

const SLOPE = 0.01;

// Stores an element of dx, if there is one.
fn put(i: u32, j: u32, sum: f32) {
  if (i >= p.m || j >= p.k) {
    return;
  }
  let at = i * p.k + j;
  var d = sum;
  if (p.activation != 0u) {
    let v = x[at];
    switch p.activation {
      case 1u: { d = select(0.0, d, v > 0.0); }
      case 2u: { d = select(SLOPE * d, d, v > 0.0); }
      case 3u: { d = d * (v * (1.0 - v)); }
      default: { d = d * (1.0 - v * v); }
    }
  }
  dx[at] = d;
}

fn put4(i: u32, j: u32, sums: vec4f) {
  put(i, j, sums.x);
  put(i, j + SIDE, sums.y);
  put(i, j + 2u * SIDE, sums.z);
  put(i, j + 3u * SIDE, sums.w);
}

@compute @workgroup_size(SIDE, SIDE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) at: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.y * 4u * SIDE;
  let column = group.x * 4u * SIDE;
  var c = mat4x4f();
  for (var start = 0u; start < p.n; start += DEPTH) {
    for (var t = lane; t < 16u * SIDE; t += SIDE * SIDE) {
      dz_tile[t / 4u * PITCH + t % 4u] = dz4(row + t / 4u, start + t % 4u * 4u);
    }
    for (var t = lane; t < 16u * SIDE; t += SIDE * SIDE) {
      w_tile[t / 4u * PITCH + t % 4u] = w4(column + t / 4u, start + t % 4u * 4u);
    }
    workgroupBarrier();
    // (dz w^T)^T = w dz^T: the columns of a WGSL matrix are rows in memory.
    for (var q = 0u; q < 4u; q++) {
      c += transpose(w_block(at.x, q)) * dz_block(at.y, q);
    }
    workgroupBarrier();
  }
  for (var u = 0u; u < 4u; u++) {
    put4(row + at.y + u * SIDE, column + at.x, c[u]);
  }
}
