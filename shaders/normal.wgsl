// y = mean + deviation z, z by Box and Muller from pairs of uniform numbers of Philox4x32-10. An
// invocation makes four. The built-in logarithm and cosine may be off by 2^-21 and 2^-11, so both
// are computed here.
struct Params {
  n: u32,
  seed: u32,
  stream: u32,
  step: u32,
  mean: f32,
  deviation: f32,
}

@group(0) @binding(0) var<storage, read_write> y: array<f32>;
@group(0) @binding(1) var<uniform> p: Params;

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

// ln u for u > 0: u = 2^e m, ln m = 2 atanh((m - 1) / (m + 1)).
fn log_of(u: vec4f) -> vec4f {
  let bits = bitcast<vec4i>(u);
  let e = (bits - vec4i(0x3f3504f3)) >> vec4u(23u);
  let m = bitcast<vec4f>(bits - (e << vec4u(23u)));
  let s = (m - 1.0) / (m + 1.0);
  let z = s * s;
  let series = (((0.121508345 * z + 0.10713593) * z + 0.14308482) * z + 0.19999437) * z +
    0.33333337;
  let n = vec4f(e);
  // ln 2 in two parts; products of the first with n are exact.
  return n * 0.693359375 + (n * -2.12194440e-4 + (2.0 * s * z * series + 2.0 * s));
}

// cos(2 pi u) for |u| <= 1; the quadrant q and the rest f of 4 u = q + f are exact.
fn cos_turn(u: vec4f) -> vec4f {
  let q = round(4.0 * u);
  let f = 4.0 * u - q;
  let z = f * f;
  let c = (((0.00090397545 * z - 0.020860264) * z + 0.25366923) * z - 1.2337005) * z + 1.0;
  let s = f * (((-0.004602163 * z + 0.07968022) * z - 0.6459635) * z + 1.5707964);
  // Quadrants 0 to 3: cos, -sin, -cos, sin.
  let k = vec4i(q);
  let size = select(c, s, (k & vec4i(1)) == vec4i(1));
  return select(size, -size, ((k + 1) & vec4i(2)) == vec4i(2));
}

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let quad = (group.y * groups.x + group.x) * SIZE + lane;
  if (quad * 4u >= p.n) {
    return;
  }
  let words = philox(vec4u(quad, p.step, 0u, 0u), vec2u(p.seed, p.stream));
  let u = fraction(words);
  // Words 0 and 2 give the radii, 1 and 3 the angles of two pairs; the sine is the cosine of a
  // quarter turn less.
  let radius = sqrt(-2.0 * log_of(1.0 - u.xxzz));
  let z4 = radius * cos_turn(u.yyww - vec4f(0.0, 0.25, 0.0, 0.25));
  for (var i = quad * 4u; i < min(quad * 4u + 4u, p.n); i++) {
    y[i] = p.mean + p.deviation * z4[i & 3u];
  }
}
