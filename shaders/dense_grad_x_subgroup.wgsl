// dx = (dz w^T) * act'(x): dz is m x n, w is k x n, x and dx are m x k.
struct Params {
  m: u32,
  k: u32,
  n: u32,
  activation: u32,
}

@group(0) @binding(0) var<storage, read> dz: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

// For GPUs and products with few columns and long sums, where a square tile would leave most lanes
// without work: a workgroup computes 16 elements of one row, its lanes share the terms of the sums.
// Reads past an edge give some value of the buffer, which ends in an element that is not stored.
const SIZE = 64u;
const WIDTH = 16u;

// Sums of each subgroup, of which there are at most 16: none is smaller than 4.
var<workgroup> parts: array<array<f32, WIDTH>, 16>;

fn w4(q: u32, j: u32) -> vec4f {
  let at = j * p.n + q;
  return vec4f(w[at], w[at + p.n], w[at + 2u * p.n], w[at + 3u * p.n]);
}

const SLOPE = 0.01;

// Stores an element of dx, if there is one.
fn put(i: u32, j: u32, sum: f32) {
  if (i >= p.m || j >= p.k) {
    return;
  }
  let at = i * p.k + j;
  var d = sum;
  if (p.activation != 0u) {
    let v = x[at];
    switch p.activation {
      case 1u: { d = select(0.0, d, v > 0.0); }
      case 2u: { d = select(SLOPE * d, d, v > 0.0); }
      case 3u: { d = d * (v * (1.0 - v)); }
      default: { d = d * (1.0 - v * v); }
    }
  }
  dx[at] = d;
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
  let across = (p.k + WIDTH - 1u) / WIDTH;
  let index = group.y * groups.x + group.x;
  let i = index / across;
  let j = index % across * WIDTH;
  var sums: array<vec4f, 4>;
  for (var q = lane; q < p.n; q += SIZE) {
    let v = dz[i * p.n + q];
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
