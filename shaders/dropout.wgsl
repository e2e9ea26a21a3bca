// y = x / keep where u < keep, 0 x elsewhere; u in [0, 1) with 24 bits from Philox4x32-10. An
// invocation makes four.
struct Params {
  n: u32,
  seed: u32,
  stream: u32,
  step: u32,
  keep: f32,
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
  // Dropped elements are multiplied by zero, not replaced: a NaN stays.
  let mask = select(vec4f(0.0), vec4f(1.0 / p.keep), u < vec4f(p.keep));
  for (var i = quad * 4u; i < min(quad * 4u + 4u, p.n); i++) {
    y[i] = x[i] * mask[i & 3u];
  }
}
