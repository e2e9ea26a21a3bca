// d[i, j] = ||x_i - c_j||^2: x is n x dim, c is k x dim, d is n x k.
struct Params {
  n: u32,
  dim: u32,
  k: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> c: array<f32>;
@group(0) @binding(2) var<storage, read_write> d: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

const SIZE = 64u;

// An invocation computes four neighbours of a row.
@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let quads = (p.k + 3u) / 4u;
  let item = (group.y * groups.x + group.x) * SIZE + lane;
  let i = item / quads;
  if (i >= p.n) {
    return;
  }
  let j = (item % quads) * 4u;
  // The last centre stands in for those past it.
  let row = min(vec4u(j, j + 1u, j + 2u, j + 3u), vec4u(p.k - 1u)) * p.dim;
  var sum = vec4f();
  for (var t = 0u; t < p.dim; t++) {
    let at = row + t;
    let v = x[i * p.dim + t] - vec4f(c[at.x], c[at.y], c[at.z], c[at.w]);
    sum += v * v;
  }
  for (var q = 0u; q < min(4u, p.k - j); q++) {
    d[i * p.k + j + q] = sum[q];
  }
}
