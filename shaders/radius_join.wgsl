// All pairs with ||x_i - x_j||^2 <= E: counted (0), joined into sets (1), or the smallest value (2).
struct Params {
  dim: u32,
  members: u32,
  queries: u32,
  leaves: u32,
  blocks: u32,
  first: u32,
  count: u32,
  task: u32,
  split: u32,
  pack: u32,
  lo: f32,
  hi: f32,
  square_high: u32,
  square_low: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> low: array<f32>;
@group(0) @binding(2) var<storage, read> query: array<u32>;
@group(0) @binding(3) var<storage, read> block: array<u32>;
@group(0) @binding(4) var<storage, read> order: array<u32>;
@group(0) @binding(5) var<storage, read> start: array<u32>;
@group(0) @binding(6) var<storage, read> box: array<f32>;
@group(0) @binding(7) var<storage, read_write> value: array<atomic<u32>>;
@group(0) @binding(8) var<uniform> p: Params;

const SIZE = 64u;
const BLOCK = 32u;
const COUNT = 0u;
const LINK = 1u;
const ALL = 0xffffffffu;

// 128-bit integers, the lowest word first.
fn add(a: vec4u, b: vec4u) -> vec4u {
  let s = a + b;
  let over = vec4u(s < a);
  let y = s.y + over.x;
  let z = s.z + (over.y | u32(y < s.y));
  // A word that the carry wraps was all ones, and so had not wrapped before.
  let w = s.w + (over.z | u32(z < s.z));
  return vec4u(s.x, y, z, w);
}

// 2^bits - 1.
fn ones(bits: i32) -> vec4u {
  let b = vec4u(clamp(vec4i(bits) - vec4i(0, 32, 64, 96), vec4i(0), vec4i(32)));
  return select((vec4u(1u) << (b & vec4u(31u))) - vec4u(1u), vec4u(ALL), b == vec4u(32u));
}

fn digits_of(a: vec4u) -> i32 {
  if (a.w != 0u) { return 128 - i32(countLeadingZeros(a.w)); }
  if (a.z != 0u) { return 96 - i32(countLeadingZeros(a.z)); }
  if (a.y != 0u) { return 64 - i32(countLeadingZeros(a.y)); }
  return 32 - i32(countLeadingZeros(a.x));
}

// To 53 digits, of two as near the even one, as float64 rounds.
fn rounded(a: vec4u) -> vec4u {
  let drop = digits_of(a) - 53;
  if (drop <= 0) {
    return a;
  }
  let last = ones(drop + 1) & ~ones(drop);
  let odd = u32(any((a & last) != vec4u(0u)));
  return add(add(a, ones(drop - 1)), vec4u(odd, 0u, 0u, 0u)) & ~ones(drop);
}

// a b, by halves of words.
fn product(a: u32, b: u32) -> vec2u {
  let a0 = a & 0xffffu;
  let a1 = a >> 16u;
  let b0 = b & 0xffffu;
  let b1 = b >> 16u;
  let middle = a1 * b0 + ((a0 * b0) >> 16u);
  let other = a0 * b1 + (middle & 0xffffu);
  return vec2u(a * b, a1 * b1 + (middle >> 16u) + (other >> 16u));
}

// A number in units of 2^-unit, modulo 2^64.
fn fixed(number: f32, unit: i32) -> vec2u {
  let bits = bitcast<u32>(number);
  let exponent = (bits >> 23u) & 0xffu;
  let digits = (bits & 0x7fffffu) | select(0u, 0x800000u, exponent != 0u);
  let shift = i32(max(exponent, 1u)) - 150 + unit;
  var v = vec2u(0u);
  if (shift >= 0 && shift < 32) {
    let s = u32(shift);
    v = vec2u(digits << s, select((digits >> 1u) >> (31u - s), 0u, s == 0u));
  } else if (shift >= 32 && shift < 64) {
    v = vec2u(0u, digits << u32(shift - 32));
  } else if (shift < 0 && shift > -32) {
    v = vec2u(digits >> u32(-shift), 0u);
  }
  return select(v, negative(v), (bits >> 31u) != 0u);
}

fn negative(v: vec2u) -> vec2u {
  return vec2u(~v.x + 1u, ~v.y + u32(v.x == 0u));
}

fn sum(a: vec2u, b: vec2u) -> vec2u {
  let s = a + b;
  return vec2u(s.x, s.y + u32(s.x < a.x));
}

fn coordinate(at: u32, unit: i32) -> vec2u {
  let v = fixed(x[at], unit);
  if (p.split != 0u) {
    return sum(v, fixed(low[at], unit));
  }
  return v;
}

// The decision of float64, in integers: the radius is below 2^(half - 1), differences are counted in
// units of 2^(half - 62), sums of squares in units of the square of that.
fn decide(i: u32, j: u32) -> bool {
  let exponent = i32(p.square_high >> 20u) - 1023;
  let half = (exponent >> 1u) + 2;
  let unit = 62 - half;
  var total = vec4u(0u);
  for (var d = 0u; d < p.dim; d++) {
    var v = sum(coordinate(i * p.dim + d, unit), negative(coordinate(j * p.dim + d, unit)));
    v = select(v, negative(v), (v.y >> 31u) != 0u);
    v = rounded(vec4u(v, 0u, 0u)).xy;
    let cross = product(v.x, v.y);
    let twice = vec4u(0u, cross.x << 1u, (cross.y << 1u) | (cross.x >> 31u), cross.y >> 31u);
    let square = add(vec4u(product(v.x, v.x), product(v.y, v.y)), twice);
    total = rounded(add(total, rounded(square)));
  }
  let s = u32(exponent - 2 * half + 8);
  let digits = vec2u(p.square_low, (p.square_high & 0xfffffu) | 0x100000u);
  let limit = vec2u(digits.x << s, (digits.y << s) | (digits.x >> (32u - s)));
  if (total.w != limit.y) {
    return total.w < limit.y;
  }
  return total.z < limit.x || (total.z == limit.x && total.x == 0u && total.y == 0u);
}

fn within(i: u32, j: u32) -> bool {
  var s = 0.0;
  for (var d = 0u; d < p.dim; d++) {
    let v = x[i * p.dim + d] - x[j * p.dim + d];
    s += v * v;
  }
  return s <= p.lo || (s <= p.hi && decide(i, j));
}

fn near(i: u32, node: u32) -> bool {
  let width = (p.dim + 3u) & ~3u;
  let corner = node * 2u * width;
  var s = 0.0;
  for (var d = 0u; d < p.dim; d++) {
    let v = x[i * p.dim + d];
    let gap = max(max(box[corner + d] - v, v - box[corner + width + d]), 0.0);
    s += gap * gap;
  }
  return s <= p.hi;
}

fn root_of(row: u32) -> u32 {
  var i = row;
  var up = atomicLoad(&value[i]);
  while (up != i) {
    let further = atomicLoad(&value[up]);
    // Another invocation may write another ancestor: both are right.
    if (further != up) {
      atomicStore(&value[i], further);
    }
    i = up;
    up = further;
  }
  return i;
}

// The higher root becomes a child of the lower, unless another invocation was faster.
fn join(i: u32, j: u32) {
  loop {
    let one = root_of(i);
    let other = root_of(j);
    if (one == other) {
      return;
    }
    let high = max(one, other);
    if (atomicCompareExchangeWeak(&value[high], high, min(one, other)).exchanged) {
      return;
    }
  }
}

// Row i meets a leaf; how many of it are within the radius.
fn meet(i: u32, leaf: u32) -> u32 {
  var found = 0u;
  for (var t = start[leaf]; t < start[leaf + 1u]; t++) {
    let j = order[t];
    if (p.task == LINK && (j >= i || root_of(i) == root_of(j))) {
      continue;
    }
    if (!within(i, j)) {
      continue;
    }
    found++;
    if (p.task == LINK) {
      join(i, j);
    } else if (p.task != COUNT) {
      atomicMin(&value[i], atomicLoad(&value[j]));
    }
  }
  return found;
}

// An invocation is a place of a block.
@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let item = (group.y * groups.x + group.x) * SIZE + lane;
  let b = p.first + item / BLOCK;
  if (item / BLOCK >= p.count || b >= p.blocks) {
    return;
  }
  let place = block[b] + item % BLOCK;
  if (place >= block[b + 1u]) {
    return;
  }
  let i = query[place];
  var found = 0u;
  var node = 1u;
  loop {
    if (near(i, node)) {
      if (node < p.leaves) {
        node = 2u * node;
        continue;
      }
      found += meet(i, node - p.leaves);
    }
    node++;
    node = node >> countTrailingZeros(node);
    if (node <= 1u) {
      break;
    }
  }
  if (p.task == COUNT) {
    atomicAdd(&value[i], found);
  }
}
