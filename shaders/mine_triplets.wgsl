// A positive (same label) and a negative (another label) for each anchor by its squared distances
// d, m x m: random, the hardest, or semi-hard. An invocation for each anchor.
struct Params {
  m: u32,
  mining: u32,
  seed: u32,
  stream: u32,
  step: u32,
}

@group(0) @binding(0) var<storage, read> d: array<f32>;
@group(0) @binding(1) var<storage, read> label: array<u32>;
@group(0) @binding(2) var<storage, read_write> positive: array<u32>;
@group(0) @binding(3) var<storage, read_write> negative: array<u32>;
@group(0) @binding(4) var<storage, read_write> valid: array<u32>;
@group(0) @binding(5) var<uniform> p: Params;

const SIZE = 64u;
const HARD = 1u;
const SEMI_HARD = 2u;

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

// Integer in the order of the distances, every NaN the same above all.
fn key(i: u32, j: u32) -> u32 {
  return min(bitcast<u32>(d[i * p.m + j]) & 0x7fffffffu, 0x7f800001u);
}

// The rank-th row, from 0, other than i whose label is (or is not) that of i.
fn nth(i: u32, same: bool, rank: u32) -> u32 {
  var left = rank;
  for (var j = 0u; j < p.m; j++) {
    if (j != i && (label[j] == label[i]) == same) {
      if (left == 0u) {
        return j;
      }
      left--;
    }
  }
  return i;
}

// The nearest negative that is farther than `near`; if none is, the farthest negative.
fn beyond(i: u32, near: u32) -> u32 {
  let limit = key(i, near);
  var least = 0xffffffffu;
  var most = 0u;
  var at = i;
  var farthest = i;
  for (var j = 0u; j < p.m; j++) {
    if (label[j] == label[i]) {
      continue;
    }
    let size = key(i, j);
    if (size > limit && size < least) {
      least = size;
      at = j;
    }
    if (farthest == i || size > most) {
      most = size;
      farthest = j;
    }
  }
  return select(at, farthest, at == i);
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * SIZE + lane;
  if (i >= p.m) {
    return;
  }
  var positives = 0u;
  var negatives = 0u;
  var most = 0u;
  var least = 0xffffffffu;
  var near = i;
  var far = i;
  for (var j = 0u; j < p.m; j++) {
    if (j == i) {
      continue;
    }
    let size = key(i, j);
    if (label[j] == label[i]) {
      if (positives == 0u || size > most) {
        most = size;
        near = j;
      }
      positives++;
    } else {
      if (size < least) {
        least = size;
        far = j;
      }
      negatives++;
    }
  }
  let found = positives > 0u && negatives > 0u;
  if (!found) {
    near = i;
    far = i;
  } else if (p.mining != HARD) {
    let words = philox(vec4u(i, p.step, 0u, 0u), vec2u(p.seed, p.stream));
    near = nth(i, true, mul_high(words.x, positives));
    if (p.mining == SEMI_HARD) {
      far = beyond(i, near);
    } else {
      far = nth(i, false, mul_high(words.y, negatives));
    }
  }
  positive[i] = near;
  negative[i] = far;
  valid[i] = select(0u, 1u, found);
}
