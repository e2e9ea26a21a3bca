// y = act(x * w + b) gate'(a), * a convolution: x is n x ih x iw x ci, w is kh x kw x ci x co,
// y and a are n x oh x ow x co.
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
  bias: u32,
  activation: u32,
  gate: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> a: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

// For GPUs: a workgroup of SIDE x SIDE invocations computes a square of 4 SIDE, 4 x 4 elements
// each, from tiles in workgroup memory, which it fills from the images as if their patches were
// rows of a matrix. An invocation fills the same rows each time and finds their windows once; of
// its four terms it finds the first by division and the others by counting.
// The pitch of tiles whose rows run along the sum is 5, not 4, to spread the lanes over the banks.
override SIDE = 8u;
// Terms of the sums in a tile.
const DEPTH = 16u;
const PITCH = 5u;
const NOWHERE = 0xffffffffu;

var<workgroup> x_tile: array<vec4f, 4u * SIDE * PITCH>;
var<workgroup> w_tile: array<vec4f, DEPTH * SIDE>;

// A term of the sums: a channel of a tap.
struct Term {
  ky: u32,
  kx: u32,
  c: u32,
}

fn next(t: Term) -> Term {
  if (t.c + 1u < p.ci) {
    return Term(t.ky, t.kx, t.c + 1u);
  }
  if (t.kx + 1u < p.kw) {
    return Term(t.ky, t.kx + 1u, 0u);
  }
  return Term(t.ky + 1u, 0u, 0u);
}

// The window of a pixel: address of its corner, row and column. Past the last: far outside.
fn window_of(pixel: u32) -> vec3i {
  let image = pixel / p.ow / p.oh;
  let y = i32(pixel / p.ow % p.oh * p.sh) - i32(p.top);
  let x = i32(pixel % p.ow * p.sw) - i32(p.left);
  let at = ((i32(image * p.ih) + y) * i32(p.iw) + x) * i32(p.ci);
  return select(vec3i(0, -0x40000000, 0), vec3i(at, y, x), pixel < p.n * p.oh * p.ow);
}

fn x_at(v: vec3i, t: Term) -> f32 {
  let y = v.y + i32(t.ky);
  let column = v.z + i32(t.kx);
  if (t.ky < p.kh && y >= 0 && y < i32(p.ih) && column >= 0 && column < i32(p.iw)) {
    return x[u32(v.x + i32((t.ky * p.iw + t.kx) * p.ci + t.c))];
  }
  return 0.0;
}

fn x4(v: vec3i, t0: Term) -> vec4f {
  let t1 = next(t0);
  let t2 = next(t1);
  return vec4f(x_at(v, t0), x_at(v, t1), x_at(v, t2), x_at(v, next(t2)));
}

fn w_at(i: u32, j: u32) -> f32 {
  if (i < p.kh * p.kw * p.ci && j < p.co) {
    return w[i * p.co + j];
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

// d times the derivative of the activation whose output is v.
fn gated(d: f32, v: f32) -> f32 {
  switch p.gate {
    case 1u: { return select(0.0, d, v > 0.0); }
    case 2u: { return select(SLOPE * d, d, v > 0.0); }
    case 3u: { return d * (v * (1.0 - v)); }
    default: { return d * (1.0 - v * v); }
  }
}

// Stores a channel of a pixel, if there is one.
fn put(pixel: u32, j: u32, sum: f32) {
  if (pixel == NOWHERE || j >= p.co) {
    return;
  }
  var z = sum;
  if (p.bias != 0u) {
    z += b[j];
  }
  // NaN by its bits: comparisons and max may lose it.
  let nan = (bitcast<u32>(z) & 0x7fffffffu) > 0x7f800000u;
  z = select(activate(z), z, nan);
  let at = pixel * p.co + j;
  if (p.gate != 0u) {
    z = gated(z, a[at]);
  }
  y[at] = z;
}

fn put4(pixel: u32, j: u32, sums: vec4f) {
  put(pixel, j, sums.x);
  put(pixel, j + 1u, sums.y);
  put(pixel, j + 2u, sums.z);
  put(pixel, j + 3u, sums.w);
}

@compute @workgroup_size(SIDE, SIDE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) at: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let count = p.n * p.oh * p.ow;
  let across = (p.co + 4u * SIDE - 1u) / (4u * SIDE);
  let tile = group.y * groups.x + group.x;
  let row = tile / across * 4u * SIDE;
  let column = tile % across * 4u * SIDE;
  var windows: array<vec3i, 2>;
  for (var t = lane; t < 16u * SIDE; t += SIDE * SIDE) {
    windows[t / (SIDE * SIDE)] = window_of(row + t / 4u);
  }
  var c = mat4x4f();
  for (var start = 0u; start < p.kh * p.kw * p.ci; start += DEPTH) {
    let q = start + lane % 4u * 4u;
    let term = Term(q / (p.kw * p.ci), q / p.ci % p.kw, q % p.ci);
    for (var t = lane; t < 16u * SIDE; t += SIDE * SIDE) {
      x_tile[t / 4u * PITCH + t % 4u] = x4(windows[t / (SIDE * SIDE)], term);
    }
    for (var t = lane; t < DEPTH * SIDE; t += SIDE * SIDE) {
      w_tile[t] = w4(start + t / SIDE, column + t % SIDE * 4u);
    }
    workgroupBarrier();
    // (x w)^T = w^T x^T: the columns of a WGSL matrix are rows in memory.
    for (var k = 0u; k < 4u; k++) {
      c += w_block(k, at.x) * x_block(at.y, k);
    }
    workgroupBarrier();
  }
  for (var u = 0u; u < 4u; u++) {
    let pixel = row + at.y + u * SIDE;
    put4(select(NOWHERE, pixel, pixel < count), column + 4u * at.x, c[u]);
  }
}
