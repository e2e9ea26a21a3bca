// dx[i, j] = gamma[j] / s (dy[i, j] - share (dbeta[j] + dgamma[j] (x[i, j] - mean[j]) / s)) with
// s = sqrt(variance[j] + epsilon); x is m x c. An element for each invocation.
struct Params {
  m: u32,
  c: u32,
  epsilon: f32,
  share: f32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> gamma: array<f32>;
@group(0) @binding(3) var<storage, read> mean: array<f32>;
@group(0) @binding(4) var<storage, read> variance: array<f32>;
@group(0) @binding(5) var<storage, read> dgamma: array<f32>;
@group(0) @binding(6) var<storage, read> dbeta: array<f32>;
@group(0) @binding(7) var<storage, read_write> dx: array<f32>;
@group(0) @binding(8) var<uniform> p: Params;

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = (group.y * groups.x + group.x) * SIZE + lane;
  if (at >= p.m * p.c) {
    return;
  }
  let j = at % p.c;
  let s = sqrt(variance[j] + p.epsilon);
  var d = dy[at];
  // Left out, not multiplied by 0: one NaN must not spread over a column of constants.
  if (p.share != 0.0) {
    d -= p.share * (dbeta[j] + dgamma[j] * ((x[at] - mean[j]) / s));
  }
  dx[at] = gamma[j] / s * d;
}
