// y = x rotated, zoomed and shifted at random by image, bilinear, zeros outside; x is m x h x w x c.
// The four numbers of an image come from Philox4x32-10. A pixel for each invocation. The built-in
// sine and cosine may be off by 2^-11, so both are computed here.
struct Params {
  m: u32,
  h: u32,
  w: u32,
  c: u32,
  seed: u32,
  stream: u32,
  step: u32,
  turn: f32,
  shift_h: f32,
  shift_w: f32,
  zoom_low: f32,
  zoom_high: f32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

// Upper half of the 64-bit product, by halves of 16 bits.
fn mul_high(a: u32, b: u32) -> u32 {
  let a0 = a & 0xffffu;
  let a1 = a >> 16u;
  let b0 = b & 0xffffu;
  let b1 = b >> 16u;
  let low = a1 * b0 + ((a0 * b0) >> 16u);
  let high = a0 * b1 + (low & 0xffffu);
  return a1 * b1 + (low >> 16u) + (high >> 16u);
}

// Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011).
fn philox(counter: vec4u, seed: vec2u) -> vec4u {
  var c = counter;
  var key = seed;
  for (var round = 0u; round < 10u; round++) {
    c = vec4u(
      mul_high(0xcd9e8d57u, c.z) ^ c.y ^ key.x,
      0xcd9e8d57u * c.z,
      mul_high(0xd2511f53u, c.x) ^ c.w ^ key.y,
      0xd2511f53u * c.x,
    );
    key = key + vec2u(0x9e3779b9u, 0xbb67ae85u);
  }
  return c;
}

// The upper 24 bits of each word as a number in [0, 1); exact.
fn fraction(words: vec4u) -> vec4f {
  return vec4f(words >> vec4u(8u)) * 5.9604644775390625e-8;
}

// cos(2 pi u) for |u| <= 1; the quadrant q and the rest f of 4 u = q + f are exact.
fn cos_turn(u: vec2f) -> vec2f {
  let q = round(4.0 * u);
  let f = 4.0 * u - q;
  let z = f * f;
  let c = (((0.00090397545 * z - 0.020860264) * z + 0.25366923) * z - 1.2337005) * z + 1.0;
  let s = f * (((-0.004602163 * z + 0.07968022) * z - 0.6459635) * z + 1.5707964);
  // Quadrants 0 to 3: cos, -sin, -cos, sin.
  let k = vec2i(q);
  let size = select(c, s, (k & vec2i(1)) == vec2i(1));
  return select(size, -size, ((k + 1) & vec2i(2)) == vec2i(2));
}

// Where the pixel (row, column) of image i comes from.
fn origin(i: u32, row: u32, column: u32) -> vec2f {
  let u = fraction(philox(vec4u(i, p.step, 0u, 0u), vec2u(p.seed, p.stream)));
  let angle = p.turn * (2.0 * u.x - 1.0);
  let shift = vec2f(p.shift_h, p.shift_w) * (2.0 * u.yz - 1.0);
  let zoom = p.zoom_low + (p.zoom_high - p.zoom_low) * u.w;
  // The sine is the cosine of a quarter turn less.
  let r = cos_turn(vec2f(angle, angle - 0.25)) / zoom;
  let middle = 0.5 * (vec2f(f32(p.h), f32(p.w)) - 1.0);
  let d = vec2f(f32(row), f32(column)) - middle - shift;
  return middle + vec2f(d.x * r.x + d.y * r.y, d.y * r.x - d.x * r.y);
}

// Channel j of a pixel of image i, 0 outside.
fn pixel(i: u32, row: i32, column: i32, j: u32) -> f32 {
  if (row < 0 || row >= i32(p.h) || column < 0 || column >= i32(p.w)) {
    return 0.0;
  }
  return x[((i * p.h + u32(row)) * p.w + u32(column)) * p.c + j];
}

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = (group.y * groups.x + group.x) * SIZE + lane;
  let i = at / (p.h * p.w);
  if (i >= p.m) {
    return;
  }
  let place = origin(i, at / p.w % p.h, at % p.w);
  let corner = floor(place);
  let f = place - corner;
  let row = i32(corner.x);
  let column = i32(corner.y);
  for (var j = 0u; j < p.c; j++) {
    let top = (1.0 - f.y) * pixel(i, row, column, j) + f.y * pixel(i, row, column + 1, j);
    let bottom =
      (1.0 - f.y) * pixel(i, row + 1, column, j) + f.y * pixel(i, row + 1, column + 1, j);
    y[at * p.c + j] = (1.0 - f.x) * top + f.x * bottom;
  }
}
