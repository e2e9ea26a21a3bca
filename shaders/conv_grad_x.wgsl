// dx = act(dz *^T w + b) gate'(x), *^T the transpose of a convolution: dz is n x oh x ow x co, w is
// kh x kw x ci x co, dx and x are n x ih x iw x ci.
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

@group(0) @binding(0) var<storage, read> dz: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> x: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

// Of the kernel's taps, a pixel of dx meets only those at its own place modulo the stride. Pixels
// of one such phase meet the same taps, in windows of dz that lie side by side. The taps of a phase
// run backwards, so that a row of a window is one run of memory.
// An invocation computes 16 pixels of a phase by 16 channels in 4 x 4 blocks, 4 terms of the
// sums at a time, as products of transposes: the columns of a WGSL matrix are rows in memory. The
// tile is this large for adapters that are CPUs: a load there costs as much as ten multiply-adds.
// Reads past an edge give some value of the buffer, which is masked or ends in an element that is
// not stored.
const TILE = 16u;
const LANES = 4u;
const NOWHERE = 0xffffffffu;

// Taps at the places from, from + stride, ... of `size`; also pixels of a phase.
fn taps(size: u32, stride: u32, first: u32) -> u32 {
  return select(0u, (size + stride - 1u - first) / stride, first < size);
}

// A window: address of its corner, its first row, and which part [z, w) of its rows lies inside.
fn window_at(image: u32, y: i32, x: i32, tw: i32) -> vec4i {
  let at = i32(image * p.oh * p.ow * p.co) + (y * i32(p.ow) + x) * i32(p.co);
  let lo = max(-x, 0) * i32(p.co);
  let hi = min(tw, i32(p.ow) - x) * i32(p.co);
  return vec4i(at, y, lo, hi);
}

// 4 elements of row ky of a window from element r on, zeros outside of the image.
fn dz4(v: vec4i, ky: i32, r: i32) -> vec4f {
  let at = u32(v.x + ky * i32(p.ow * p.co) + r);
  let row = v.y + ky;
  let k = vec4i(r, r + 1, r + 2, r + 3);
  let inside = (k >= vec4i(v.z)) & (k < vec4i(v.w)) & vec4<bool>(row >= 0 && row < i32(p.oh));
  return select(vec4f(), vec4f(dz[at], dz[at + 1u], dz[at + 2u], dz[at + 3u]), inside);
}

fn dz_block(v0: vec4i, v1: vec4i, v2: vec4i, v3: vec4i, ky: i32, r: i32) -> mat4x4f {
  return mat4x4f(dz4(v0, ky, r), dz4(v1, ky, r), dz4(v2, ky, r), dz4(v3, ky, r));
}

// Where element r of a row of windows meets the weights, for channel 0 of dx: its tap is counted
// from the last of the phase, at `tap`. NOWHERE past the row.
fn w_at(tap: u32, r: u32, run: u32) -> u32 {
  let at = (tap - r / p.co * p.sw) * p.ci * p.co + r % p.co;
  return select(NOWHERE, at, r < run);
}

fn w4(at: u32, j: u32) -> vec4f {
  let v = at + j * p.co;
  let some = vec4f(w[v], w[v + p.co], w[v + 2u * p.co], w[v + 3u * p.co]);
  return select(some, vec4f(), at == NOWHERE);
}

fn w_block(at: vec4u, j: u32) -> mat4x4f {
  return mat4x4f(w4(at.x, j), w4(at.y, j), w4(at.z, j), w4(at.w, j));
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
  if (pixel == NOWHERE || j >= p.ci) {
    return;
  }
  var z = sum;
  if (p.bias != 0u) {
    z += b[j];
  }
  // NaN by its bits: comparisons and max may lose it.
  let nan = (bitcast<u32>(z) & 0x7fffffffu) > 0x7f800000u;
  z = select(activate(z), z, nan);
  let at = pixel * p.ci + j;
  if (p.gate != 0u) {
    z = gated(z, x[at]);
  }
  dx[at] = z;
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let across = (p.ci + TILE - 1u) / TILE;
  let most = p.n * ((p.ih + p.sh - 1u) / p.sh) * ((p.iw + p.sw - 1u) / p.sw);
  let tiles = (most + TILE - 1u) / TILE * across;
  let index = (group.y * groups.x + group.x) * LANES + lane;
  let phase = index / tiles;
  let tile = index % tiles;
  let i = tile / across * TILE;
  let j = tile % across * TILE;
  // The first pixel of the phase, its taps, its pixels.
  let y0 = phase / p.sw;
  let x0 = phase % p.sw;
  let py = (y0 + p.top) % p.sh;
  let px = (x0 + p.left) % p.sw;
  let th = taps(p.kh, p.sh, py);
  let tw = taps(p.kw, p.sw, px);
  let rows = taps(p.ih, p.sh, y0);
  let columns = taps(p.iw, p.sw, x0);
  let count = p.n * rows * columns;
  if (phase >= p.sh * p.sw || i >= count) {
    return;
  }
  var windows: array<vec4i, 16>;
  var pixels: array<u32, 16>;
  for (var t = 0u; t < TILE; t++) {
    let image = (i + t) / columns / rows;
    let y = (i + t) / columns % rows;
    let x = (i + t) % columns;
    let row = i32(y + (y0 + p.top) / p.sh) + 1 - i32(th);
    let column = i32(x + (x0 + p.left) / p.sw) + 1 - i32(tw);
    windows[t] = window_at(image, row, column, i32(tw));
    pixels[t] = (image * p.ih + y * p.sh + y0) * p.iw + x * p.sw + x0;
    if (i + t >= count) {
      windows[t] = vec4i();
      pixels[t] = NOWHERE;
    }
  }
  let run = tw * p.co;
  var c: array<mat4x4f, 16>;
  for (var ty = 0u; ty < th; ty++) {
    let tap = (py + p.sh * (th - 1u - ty)) * p.kw + px + p.sw * (tw - 1u);
    for (var r = 0u; r < run; r += 4u) {
      let at = vec4u(
        w_at(tap, r, run), w_at(tap, r + 1u, run), w_at(tap, r + 2u, run), w_at(tap, r + 3u, run));
      let b0 = w_block(at, j);
      let b1 = w_block(at, j + 4u);
      let b2 = w_block(at, j + 8u);
      let b3 = w_block(at, j + 12u);
      let a0 = dz_block(
        windows[0], windows[1], windows[2], windows[3], i32(ty), i32(r));
      c[0] += b0 * a0;
      c[1] += b1 * a0;
      c[2] += b2 * a0;
      c[3] += b3 * a0;
      let a1 = dz_block(
        windows[4], windows[5], windows[6], windows[7], i32(ty), i32(r));
      c[4] += b0 * a1;
      c[5] += b1 * a1;
      c[6] += b2 * a1;
      c[7] += b3 * a1;
      let a2 = dz_block(
        windows[8], windows[9], windows[10], windows[11], i32(ty), i32(r));
      c[8] += b0 * a2;
      c[9] += b1 * a2;
      c[10] += b2 * a2;
      c[11] += b3 * a2;
      let a3 = dz_block(
        windows[12], windows[13], windows[14], windows[15], i32(ty), i32(r));
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
