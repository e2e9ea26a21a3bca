// partial_bj = sum of slope_ij (mu_j - z_i) over block b of 32 rows: z is m x dim, mu is k x dim,
// slope is m x k. An invocation for each element of partial.
struct Params {
  m: u32,
  k: u32,
  dim: u32,
}

@group(0) @binding(0) var<storage, read> z: array<f32>;
@group(0) @binding(1) var<storage, read> mu: array<f32>;
@group(0) @binding(2) var<storage, read> slope: array<f32>;
@group(0) @binding(3) var<storage, read_write> partial: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

const SIZE = 64u;
const ROWS = 32u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = (group.y * groups.x + group.x) * SIZE + lane;
  let row = at / p.dim;
  let t = at - row * p.dim;
  let block = row / p.k;
  let j = row - block * p.k;
  let begin = block * ROWS;
  if (begin >= p.m) {
    return;
  }
  let own = mu[j * p.dim + t];
  var sum = 0.0;
  for (var i = begin; i < min(begin + ROWS, p.m); i++) {
    sum += slope[i * p.k + j] * (own - z[i * p.dim + t]);
  }
  partial[at] = sum;
}
