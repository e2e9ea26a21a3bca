// y = act(x w + b): x is m x k, w is k x n, y is m x n.
struct Params {
  m: u32,
  k: u32,
  n: u32,
  bias: u32,
  activation: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
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

var<workgroup> x_tile: array<vec4f, 4u * SIDE * PITCH>;
var<workgroup> w_tile: array<vec4f, DEPTH * SIDE>;

fn x_at(i: u32, j: u32) -> f32 {
  if (i < p.m && j < p.k) {
    return x[i * p.k + j];
  }
  return 0.0;
}

fn x4(i: u32, j: u32) -> vec4f {
  return vec4f(x_at(i, j), x_at(i, j + 1u), x_at(i, j + 2u), x_at(i, j + 3u));
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
fn x_block(i: u32, q: u32) -> mat4x4f {
  let at = i * PITCH + q;
  let step = SIDE * PITCH;
  return mat4x4f(x_tile[at], x_tile[at + step], x_tile[at + 2u * step], x_tile[at + 3u * step]);
}

// Four columns of the tile from 4 j on: 4 terms from 4 q on.
fn w_block(q: u32, j: u32) -> mat4x4f {
  let at = 4u * q * SIDE + j;
  return mat4x4f(w_tile[at], w_tile[at + SIDE], w_tile[at + 2u * SIDE], w_tile[at + 3u * SIDE]);
}

const SLOPE = 0.01;

// 1 / (1 + e^-v), from e^-|v|, which cannot overflow.
fn sigmoid(v: f32) -> f32 {
  let e = exp(-abs(v));
  return select(1.0, e, v < 0.0) / (1.0 + e);
}

// As in activation.wgsl: drivers' own tanh may overflow to NaN.
fn tanh_of(v: f32) -> f32 {
  let u = v * v;
  var q = u * -5.717043592e-3 + 2.0650586075e-2;
  q = q * u - 5.374349774e-2;
  q = q * u + 1.33314912834e-1;
  q = q * u - 3.33332839252e-1;
  let large = 1.0 - 2.0 / (exp(2.0 * min(abs(v), 10.0)) + 1.0);
  return select(sign(v) * large, v + v * u * q, abs(v) < 0.625);
}

fn activate(v: f32) -> f32 {
  switch p.activation {
    case 0u: { return v; }
    case 1u: { return max(v, 0.0); }
    case 2u: { return max(v, SLOPE * v); }
    case 3u: { return sigmoid(v); }
    default: { return tanh_of(v); }
  }
}

// Stores an element of y, if there is one.
fn put(i: u32, j: u32, sum: f32) {
  if (i >= p.m || j >= p.n) {
    return;
  }
  var z = sum;
  if (p.bias != 0u) {
    z += b[j];
  }
  // NaN by its bits: comparisons and max may lose it.
  let nan = (bitcast<u32>(z) & 0x7fffffffu) > 0x7f800000u;
  y[i * p.n + j] = select(activate(z), z, nan);
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
  var c = mat4x4f();
  for (var start = 0u; start < p.k; start += DEPTH) {
    for (var t = lane; t < 16u * SIDE; t += SIDE * SIDE) {
      x_tile[t / 4u * PITCH + t % 4u] = x4(row + t / 4u, start + t % 4u * 4u);
    }
    for (var t = lane; t < DEPTH * SIDE; t += SIDE * SIDE) {
      w_tile[t] = w4(start + t / SIDE, column + t % SIDE * 4u);
    }
    workgroupBarrier();
    // (x w)^T = w^T x^T: the columns of a WGSL matrix are rows in memory.
    for (var q = 0u; q < 4u; q++) {
      c += w_block(q, at.x) * x_block(at.y, q);
    }
    workgroupBarrier();
  }
  for (var u = 0u; u < 4u; u++) {
    put4(row + at.y + u * SIDE, column + 4u * at.x, c[u]);
  }
}
