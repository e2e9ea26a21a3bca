// y[i, j] = gamma[j] (x[i, j] - mean[j]) / sqrt(variance[j] + epsilon) + beta[j]; x is m x c. An
// element for each invocation.
struct Params {
  m: u32,
  c: u32,
  epsilon: f32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> gamma: array<f32>;
@group(0) @binding(2) var<storage, read> beta: array<f32>;
@group(0) @binding(3) var<storage, read> mean: array<f32>;
@group(0) @binding(4) var<storage, read> variance: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;
@group(0) @binding(6) var<uniform> p: Params;

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
  let factor = gamma[j] / sqrt(variance[j] + p.epsilon);
  y[at] = (x[at] - mean[j]) * factor + beta[j];
}
