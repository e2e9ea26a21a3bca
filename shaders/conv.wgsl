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

// An invocation computes 16 pixels by 16 channels in 4 x 4 blocks, 4 terms of the
// sums at a time, as products of transposes: the columns of a WGSL matrix are rows in memory. The
// tile is this large for adapters that are CPUs: a load there costs as much as ten multiply-adds.
// Reads past an edge give some value of the buffer, which is masked or ends in an element that is
// not stored.
const TILE = 16u;
const LANES = 4u;
const NOWHERE = 0xffffffffu;

// A window: address of its corner, its first row, and which part [z, w) of its rows lies inside.
fn window_at(image: u32, y: i32, x: i32) -> vec4i {
  let at = i32(image * p.ih * p.iw * p.ci) + (y * i32(p.iw) + x) * i32(p.ci);
  let lo = max(-x, 0) * i32(p.ci);
  let hi = min(i32(p.kw), i32(p.iw) - x) * i32(p.ci);
  return vec4i(at, y, lo, hi);
}

// 4 elements of row ky of a window from element r on, zeros outside of the image.
fn x4(v: vec4i, ky: i32, r: i32) -> vec4f {
  let at = u32(v.x + ky * i32(p.iw * p.ci) + r);
  let row = v.y + ky;
  let k = vec4i(r, r + 1, r + 2, r + 3);
  let inside = (k >= vec4i(v.z)) & (k < vec4i(v.w)) & vec4<bool>(row >= 0 && row < i32(p.ih));
  return select(vec4f(), vec4f(x[at], x[at + 1u], x[at + 2u], x[at + 3u]), inside);
}

fn x_block(v0: vec4i, v1: vec4i, v2: vec4i, v3: vec4i, ky: i32, r: i32) -> mat4x4f {
  return mat4x4f(x4(v0, ky, r), x4(v1, ky, r), x4(v2, ky, r), x4(v3, ky, r));
}

// Row i of the weights, [kh kw ci][co]; past `end`, which is of another row of the window, zeros.
fn w4(i: u32, j: u32, end: u32) -> vec4f {
  let at = i * p.co + j;
  return select(vec4f(), vec4f(w[at], w[at + 1u], w[at + 2u], w[at + 3u]), i < end);
}

fn w_block(i: u32, j: u32, end: u32) -> mat4x4f {
  return mat4x4f(w4(i, j, end), w4(i + 1u, j, end), w4(i + 2u, j, end), w4(i + 3u, j, end));
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

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = (group.y * groups.x + group.x) * LANES + lane;
  let across = (p.co + TILE - 1u) / TILE;
  let i = tile / across * TILE;
  let j = tile % across * TILE;
  let count = p.n * p.oh * p.ow;
  if (i >= count) {
    return;
  }
  var windows: array<vec4i, 16>;
  var pixels: array<u32, 16>;
  for (var t = 0u; t < TILE; t++) {
    let pixel = i + t;
    let y = i32(pixel / p.ow % p.oh * p.sh) - i32(p.top);
    let x = i32(pixel % p.ow * p.sw) - i32(p.left);
    windows[t] = window_at(pixel / p.ow / p.oh, y, x);
    pixels[t] = pixel;
    if (pixel >= count) {
      windows[t] = vec4i();
      pixels[t] = NOWHERE;
    }
  }
  let run = p.kw * p.ci;
  var c: array<mat4x4f, 16>;
  for (var ky = 0u; ky < p.kh; ky++) {
    let end = (ky + 1u) * run;
    for (var r = 0u; r < run; r += 4u) {
      let q = ky * run + r;
      let b0 = w_block(q, j, end);
      let b1 = w_block(q, j + 4u, end);
      let b2 = w_block(q, j + 8u, end);
      let b3 = w_block(q, j + 12u, end);
      let a0 = x_block(
        windows[0], windows[1], windows[2], windows[3], i32(ky), i32(r));
      c[0] += b0 * a0;
      c[1] += b1 * a0;
      c[2] += b2 * a0;
      c[3] += b3 * a0;
      let a1 = x_block(
        windows[4], windows[5], windows[6], windows[7], i32(ky), i32(r));
      c[4] += b0 * a1;
      c[5] += b1 * a1;
      c[6] += b2 * a1;
      c[7] += b3 * a1;
      let a2 = x_block(
        windows[8], windows[9], windows[10], windows[11], i32(ky), i32(r));
      c[8] += b0 * a2;
      c[9] += b1 * a2;
      c[10] += b2 * a2;
      c[11] += b3 * a2;
      let a3 = x_block(
        windows[12], windows[13], windows[14], windows[15], i32(ky), i32(r));
      c[12] += b0 * a3;
      c[13] += b1 * a3;
      c[14] += b2 * a3;
      c[15] += b3 * a3;
    }
  }
  for (var t = 0u; t < 64u; t++) {
    let row = t / 16u * 4u + t % 4u;
    let column = j + t / 4u % 4u * 4u;
    let sums = c[t / 4u][t % 4u];
    put(pixels[row], column, sums.x);
    put(pixels[row], column + 1u, sums.y);
    put(pixels[row], column + 2u, sums.z);
    put(pixels[row], column + 3u, sums.w);
  }
}
