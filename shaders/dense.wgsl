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

// An invocation computes 16 x 16 elements in 4 x 4 blocks, 4 terms of the sums at a time, as
// products of transposes, (x w)^T = w^T x^T: the columns of a WGSL
// matrix are rows in memory. The tile is this large for adapters that are CPUs: a load there costs
// as much as ten multiply-adds. Reads past an edge give some value of the buffer, which ends in an
// element that is not stored.
const TILE = 16u;
const LANES = 4u;

fn x4(i: u32, j: u32) -> vec4f {
  let at = i * p.k + j;
  return vec4f(x[at], x[at + 1u], x[at + 2u], x[at + 3u]);
}

fn x_block(i: u32, j: u32) -> mat4x4f {
  return mat4x4f(x4(i, j), x4(i + 1u, j), x4(i + 2u, j), x4(i + 3u, j));
}

fn w4(i: u32, j: u32) -> vec4f {
  let at = i * p.n + j;
  return vec4f(w[at], w[at + 1u], w[at + 2u], w[at + 3u]);
}

fn w_block(i: u32, j: u32) -> mat4x4f {
  return mat4x4f(w4(i, j), w4(i + 1u, j), w4(i + 2u, j), w4(i + 3u, j));
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

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = (group.y * groups.x + group.x) * LANES + lane;
  let across = (p.n + TILE - 1u) / TILE;
  let i = tile / across * TILE;
  let j = tile % across * TILE;
  if (i >= p.m) {
    return;
  }
  var c: array<mat4x4f, 16>;
  let whole = p.k & ~3u;
  for (var q = 0u; q < whole; q += 4u) {
    let b0 = w_block(q, j);
    let b1 = w_block(q, j + 4u);
    let b2 = w_block(q, j + 8u);
    let b3 = w_block(q, j + 12u);
    let a0 = x_block(i, q);
    c[0] += b0 * a0;
    c[1] += b1 * a0;
    c[2] += b2 * a0;
    c[3] += b3 * a0;
    let a1 = x_block(i + 4u, q);
    c[4] += b0 * a1;
    c[5] += b1 * a1;
    c[6] += b2 * a1;
    c[7] += b3 * a1;
    let a2 = x_block(i + 8u, q);
    c[8] += b0 * a2;
    c[9] += b1 * a2;
    c[10] += b2 * a2;
    c[11] += b3 * a2;
    let a3 = x_block(i + 12u, q);
    c[12] += b0 * a3;
    c[13] += b1 * a3;
    c[14] += b2 * a3;
    c[15] += b3 * a3;
  }
  for (var t = 0u; t < 64u; t++) {
    let row = i + t / 16u * 4u + t % 4u;
    let column = j + t / 4u % 4u * 4u;
    var sums = c[t / 4u][t % 4u];
    for (var q = whole; q < p.k; q++) {
      sums += x[row * p.k + q] * w4(q, column);
    }
    put(row, column, sums.x);
    put(row, column + 1u, sums.y);
    put(row, column + 2u, sums.z);
    put(row, column + 3u, sums.w);
  }
}
