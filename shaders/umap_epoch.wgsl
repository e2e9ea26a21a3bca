// moved_i = y_i + alpha (sum_e c_e (z_j - y_i) + sum_t f_t) / (1 + damping alpha sum_e c_e), with
// c_e = 2 pull a b d^(2 (b - 1)) / (1 + a d^(2 b)) for the edges e = (i, j) of point i that are due,
// f_t = clip(2 gamma b / ((0.001 + d^2) (1 + a d^(2 b))) (y_i - z_k), -4, 4) for drawn points k. An
// invocation for each point.
struct Params {
  m: u32,
  n: u32,
  dim: u32,
  edges: u32,
  negatives: u32,
  epoch: u32,
  key: u32,
  a: f32,
  b: f32,
  gamma: f32,
  pull: f32,
  damping: f32,
  alpha: f32,
}

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> z: array<f32>;
@group(0) @binding(2) var<storage, read> start: array<u32>;
@group(0) @binding(3) var<storage, read> edge: array<u32>;
@group(0) @binding(4) var<storage, read> rate: array<u32>;
@group(0) @binding(5) var<storage, read_write> moved: array<f32>;
@group(0) @binding(6) var<uniform> p: Params;

const GOLDEN = 0x9e3779b9u;
const SIZE = 64u;

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

// The integer hash "lowbias32" of Chris Wellons.
fn mix32(word: u32) -> u32 {
  var x = (word ^ (word >> 16u)) * 0x7feb352du;
  x = (x ^ (x >> 15u)) * 0x846ca68bu;
  return x ^ (x >> 16u);
}

// The first four numbers of a row of z, as many as there are.
fn row4(first: u32) -> vec4f {
  let more = vec3<bool>(p.dim > 1u, p.dim > 2u, p.dim > 3u);
  var v = vec4f(z[first], 0.0, 0.0, 0.0);
  if (more.x) {
    v.y = z[first + 1u];
  }
  if (more.y) {
    v.z = z[first + 2u];
  }
  if (more.z) {
    v.w = z[first + 3u];
  }
  return v;
}

// ||y_i - z_j||^2 without the first four dimensions.
fn rest_squared(own: u32, other: u32) -> f32 {
  var sum = 0.0;
  for (var d = 4u; d < p.dim; d++) {
    let v = y[own + d] - z[other + d];
    sum += v * v;
  }
  return sum;
}

fn pulls(squared: f32) -> f32 {
  let d = max(squared, 1e-12);
  let q = exp2(p.b * log2(d));
  return 2.0 * p.pull * p.a * p.b * (q / (d * (1.0 + p.a * q)));
}

fn pushes(squared: f32) -> f32 {
  let q = exp2(p.b * log2(max(squared, 1e-12)));
  return 2.0 * p.gamma * p.b * (1.0 / ((squared + 0.001) * (1.0 + p.a * q)));
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
  let own = i * p.dim;
  // The first four dimensions of the force stay in registers, the others grow in the result.
  var here = vec4f(0.0);
  for (var d = 0u; d < min(p.dim, 4u); d++) {
    here[d] = y[own + d];
  }
  for (var d = 4u; d < p.dim; d++) {
    moved[own + d] = 0.0;
  }
  var force = vec4f(0.0);
  var weight = 0.0;
  var count = 0u;
  for (var e = start[i]; e < start[i + 1u]; e++) {
    if (rate[e] * p.epoch + e * GOLDEN >= rate[e]) {
      continue;
    }
    count++;
    let other = edge[e] * p.dim;
    let v = row4(other) - here;
    let c = pulls(dot(v, v) + rest_squared(own, other));
    weight += c;
    force += c * v;
    for (var d = 4u; d < p.dim; d++) {
      moved[own + d] += c * (z[other + d] - y[own + d]);
    }
  }
  let hash = mix32(i ^ p.key);
  for (var t = 0u; t < count * p.negatives; t++) {
    let other = mul_high(mix32(hash + t * GOLDEN), p.n) * p.dim;
    let v = here - row4(other);
    let c = pushes(dot(v, v) + rest_squared(own, other));
    force += clamp(c * v, vec4f(-4.0), vec4f(4.0));
    for (var d = 4u; d < p.dim; d++) {
      moved[own + d] += clamp(c * (y[own + d] - z[other + d]), -4.0, 4.0);
    }
  }
  let step = p.alpha / (1.0 + p.damping * p.alpha * weight);
  for (var d = 0u; d < min(p.dim, 4u); d++) {
    moved[own + d] = here[d] + step * force[d];
  }
  for (var d = 4u; d < p.dim; d++) {
    moved[own + d] = y[own + d] + step * moved[own + d];
  }
}
