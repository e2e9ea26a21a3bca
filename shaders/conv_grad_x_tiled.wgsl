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

var<workgroup> dz_tile: array<vec4f, 4u * SIDE * PITCH>;
var<workgroup> w_tile: array<vec4f, 4u * SIDE * PITCH>;

// Pixels of one place modulo the stride: the first, how many in an image, their taps, and of those
// the last, with which a window begins.
struct Phase {
  y0: u32,
  x0: u32,
  rows: u32,
  columns: u32,
  th: u32,
  tw: u32,
  ky: u32,
  kx: u32,
}

// Taps at the places from, from + stride, ... of `size`; also pixels of a phase.
fn taps(size: u32, stride: u32, first: u32) -> u32 {
  return select(0u, (size + stride - 1u - first) / stride, first < size);
}

fn phase_of(i: u32) -> Phase {
  let y0 = i / p.sw;
  let x0 = i % p.sw;
  let py = (y0 + p.top) % p.sh;
  let px = (x0 + p.left) % p.sw;
  let th = taps(p.kh, p.sh, py);
  let tw = taps(p.kw, p.sw, px);
  // Never used where there are no taps.
  let ky = py + p.sh * (th - 1u);
  let kx = px + p.sw * (tw - 1u);
  return Phase(y0, x0, taps(p.ih, p.sh, y0), taps(p.iw, p.sw, x0), th, tw, ky, kx);
}

// A term of the sums: a channel of a tap.
struct Term {
  ky: u32,
  kx: u32,
  c: u32,
}

fn next(t: Term, tw: u32) -> Term {
  if (t.c + 1u < p.co) {
    return Term(t.ky, t.kx, t.c + 1u);
  }
  if (t.kx + 1u < tw) {
    return Term(t.ky, t.kx + 1u, 0u);
  }
  return Term(t.ky + 1u, 0u, 0u);
}

// The window of pixel i of a phase: address of its corner, row and column. Past the last: far away.
fn window_of(f: Phase, i: u32) -> vec3i {
  let image = i / f.columns / f.rows;
  let y = i32(i / f.columns % f.rows + (f.y0 + p.top) / p.sh) + 1 - i32(f.th);
  let column = i32(i % f.columns + (f.x0 + p.left) / p.sw) + 1 - i32(f.tw);
  let at = ((i32(image * p.oh) + y) * i32(p.ow) + column) * i32(p.co);
  let some = i < p.n * f.rows * f.columns;
  return select(vec3i(0, -0x40000000, 0), vec3i(at, y, column), some);
}

fn dz_at(v: vec3i, t: Term, th: u32) -> f32 {
  let y = v.y + i32(t.ky);
  let column = v.z + i32(t.kx);
  if (t.ky < th && y >= 0 && y < i32(p.oh) && column >= 0 && column < i32(p.ow)) {
    return dz[u32(v.x + i32((t.ky * p.ow + t.kx) * p.co + t.c))];
  }
  return 0.0;
}

fn dz4(v: vec3i, t0: Term, f: Phase) -> vec4f {
  let t1 = next(t0, f.tw);
  let t2 = next(t1, f.tw);
  let t3 = next(t2, f.tw);
  return vec4f(dz_at(v, t0, f.th), dz_at(v, t1, f.th), dz_at(v, t2, f.th), dz_at(v, t3, f.th));
}

fn w_at(k: u32, t: Term, f: Phase) -> f32 {
  if (t.ky < f.th && k < p.ci) {
    let tap = (f.ky - t.ky * p.sh) * p.kw + f.kx - t.kx * p.sw;
    return w[(tap * p.ci + k) * p.co + t.c];
  }
  return 0.0;
}

fn w4(k: u32, t0: Term, f: Phase) -> vec4f {
  let t1 = next(t0, f.tw);
  let t2 = next(t1, f.tw);
  let t3 = next(t2, f.tw);
  return vec4f(w_at(k, t0, f), w_at(k, t1, f), w_at(k, t2, f), w_at(k, t3, f));
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

fn put4(pixel: u32, j: u32, sums: vec4f) {
  put(pixel, j, sums.x);
  put(pixel, j + SIDE, sums.y);
  put(pixel, j + 2u * SIDE, sums.z);
  put(pixel, j + 3u * SIDE, sums.w);
}

@compute @workgroup_size(SIDE, SIDE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) at: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let across = (p.ci + 4u * SIDE - 1u) / (4u * SIDE);
  let most = p.n * ((p.ih + p.sh - 1u) / p.sh) * ((p.iw + p.sw - 1u) / p.sw);
  let tiles = (most + 4u * SIDE - 1u) / (4u * SIDE) * across;
  let tile = group.y * groups.x + group.x;
  let f = phase_of(tile / tiles);
  let count = p.n * f.rows * f.columns;
  let row = tile % tiles / across * 4u * SIDE;
  let column = tile % tiles % across * 4u * SIDE;
  // All invocations of a workgroup alike: the phase is a smaller one, or there is none.
  if (tile >= tiles * p.sh * p.sw || row >= count) {
    return;
  }
  var windows: array<vec3i, 2>;
  for (var t = lane; t < 16u * SIDE; t += SIDE * SIDE) {
    windows[t / (SIDE * SIDE)] = window_of(f, row + t / 4u);
  }
  var c = mat4x4f();
  for (var start = 0u; start < f.th * f.tw * p.co; start += DEPTH) {
    let q = start + lane % 4u * 4u;
    let term = Term(q / (f.tw * p.co), q / p.co % f.tw, q % p.co);
    for (var t = lane; t < 16u * SIDE; t += SIDE * SIDE) {
      dz_tile[t / 4u * PITCH + t % 4u] = dz4(windows[t / (SIDE * SIDE)], term, f);
    }
    for (var t = lane; t < 16u * SIDE; t += SIDE * SIDE) {
      w_tile[t / 4u * PITCH + t % 4u] = w4(column + t / 4u, term, f);
    }
    workgroupBarrier();
    // (dz w^T)^T = w dz^T: the columns of a WGSL matrix are rows in memory.
    for (var k = 0u; k < 4u; k++) {
      c += transpose(w_block(at.x, k)) * dz_block(at.y, k);
    }
    workgroupBarrier();
  }
  for (var u = 0u; u < 4u; u++) {
    let i = row + at.y + u * SIDE;
    let y = i / f.columns % f.rows * p.sh + f.y0;
    let pixel = (i / f.columns / f.rows * p.ih + y) * p.iw + i % f.columns * p.sw + f.x0;
    put4(select(NOWHERE, pixel, i < count), column + at.x, c[u]);
  }
}
