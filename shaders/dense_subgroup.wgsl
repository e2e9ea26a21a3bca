// y = act(x w + b): x is m x k, w is k x n, y is m x n.
struct Params {
  m: u32,
  k: u32,
  n: u32,
  bias: u32,
  activation: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

// For GPUs and products with few columns and long sums, where a square tile would leave most lanes
// without work: a workgroup computes 16 elements of one row, its lanes share the terms of the sums.
// Reads past an edge give some value of the buffer, which ends in an element that is not stored.
const SIZE = 64u;
const WIDTH = 16u;

// Sums of each subgroup, of which there are at most 16: none is smaller than 4.
var<workgroup> parts: array<array<f32, WIDTH>, 16>;

fn w4(q: u32, j: u32) -> vec4f {
  let at = q * p.n + j;
  return vec4f(w[at], w[at + 1u], w[at + 2u], w[at + 3u]);
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

// Stores an element of y, if there is one.
fn put(i: u32, j: u32, sum: f32) {
  if (i >= p.m || j >= p.n) {
    return;
  }
  var z = sum;
  if (p.bias != 0u) {
    z += b[j];
  }
  // NaN by its bits: comparisons and max may lose it.
  let nan = (bitcast<u32>(z) & 0x7fffffffu) > 0x7f800000u;
  y[i * p.n + j] = select(activate(z), z, nan);
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
  @builtin(subgroup_invocation_id) sublane: u32,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(num_subgroups) subgroups: u32,
) {
  let across = (p.n + WIDTH - 1u) / WIDTH;
  let index = group.y * groups.x + group.x;
  let i = index / across;
  let j = index % across * WIDTH;
  var sums: array<vec4f, 4>;
  for (var q = lane; q < p.k; q += SIZE) {
    let v = x[i * p.k + q];
    for (var u = 0u; u < 4u; u++) {
      sums[u] += v * w4(q, j + 4u * u);
    }
  }
  for (var u = 0u; u < 4u; u++) {
    let sum = subgroupAdd(sums[u]);
    if (sublane == 0u) {
      for (var e = 0u; e < 4u; e++) {
        parts[subgroup][4u * u + e] = sum[e];
      }
    }
  }
  workgroupBarrier();
  // In the order of the subgroups, so that every run gives the same bits.
  if (lane < WIDTH) {
    var total = parts[0][lane];
    for (var s = 1u; s < subgroups; s++) {
      total += parts[s][lane];
    }
    put(i, j + lane, total);
  }
}
