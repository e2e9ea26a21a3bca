// y[c, i, j] = (x[i, j] - mean[c, j]) factor[c, j].
struct Params {
  m: u32,
  k: u32,
  dim: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> mean: array<f32>;
@group(0) @binding(2) var<storage, read> factor: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = (group.y * groups.x + group.x) * SIZE + lane;
  let tile = p.m * p.dim;
  if (at >= p.k * tile) {
    return;
  }
  let c = (at / tile) * p.dim + at % p.dim;
  y[at] = (x[at % tile] - mean[c]) * factor[c];
}
