// dz_i = sum_j slope_ij (z_i - mu_j): z is m x dim, mu is k x dim, slope is m x k.
struct Params {
  m: u32,
  k: u32,
  dim: u32,
}

@group(0) @binding(0) var<storage, read> z: array<f32>;
@group(0) @binding(1) var<storage, read> mu: array<f32>;
@group(0) @binding(2) var<storage, read> slope: array<f32>;
@group(0) @binding(3) var<storage, read_write> dz: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = (group.y * groups.x + group.x) * SIZE + lane;
  let i = at / p.dim;
  if (i >= p.m) {
    return;
  }
  let t = at - i * p.dim;
  let own = z[at];
  var sum = 0.0;
  for (var j = 0u; j < p.k; j++) {
    sum += slope[i * p.k + j] * (own - mu[j * p.dim + t]);
  }
  dz[at] = sum;
}
