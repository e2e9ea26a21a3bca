// slope_ij = scale (alpha + 1) (e_ij - q_ij sum_l e_il) / (alpha + ||z_i - mu_j||^2), e = goal, or
// goal q if of_q is 1. A workgroup takes 8 rows, 8 invocations to a row.
struct Params {
  m: u32,
  k: u32,
  dim: u32,
  of_q: u32,
  alpha: f32,
  scale: f32,
}

@group(0) @binding(0) var<storage, read> z: array<f32>;
@group(0) @binding(1) var<storage, read> mu: array<f32>;
@group(0) @binding(2) var<storage, read> q: array<f32>;
@group(0) @binding(3) var<storage, read> goal: array<f32>;
@group(0) @binding(4) var<storage, read_write> slope: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

const SIZE = 64u;
const SHARE = 8u;

var<workgroup> sums: array<f32, SIZE>;

fn square(i: u32, j: u32) -> f32 {
  var sum = 0.0;
  for (var t = 0u; t < p.dim; t++) {
    let v = z[i * p.dim + t] - mu[j * p.dim + t];
    sum += v * v;
  }
  return sum;
}

fn term(at: u32) -> f32 {
  return goal[at] * select(1.0, q[at], p.of_q == 1u);
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = (group.y * groups.x + group.x) * (SIZE / SHARE) + lane / SHARE;
  let first = lane & ~(SHARE - 1u);
  let start = row * p.k;
  // No columns for the rows past the end.
  let columns = select(0u, p.k, row < p.m);

  var share = 0.0;
  for (var j = lane % SHARE; j < columns; j += SHARE) {
    share += term(start + j);
  }
  sums[lane] = share;
  workgroupBarrier();
  var sum = 0.0;
  for (var i = 0u; i < SHARE; i++) {
    sum += sums[first + i];
  }

  let factor = p.scale * (p.alpha + 1.0);
  for (var j = lane % SHARE; j < columns; j += SHARE) {
    let at = start + j;
    slope[at] = factor * (term(at) - q[at] * sum) / (p.alpha + square(row, j));
  }
}
