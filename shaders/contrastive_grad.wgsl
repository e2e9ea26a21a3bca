// dza_i = slope_i (za_i - zb_i).
struct Params {
  m: u32,
  dim: u32,
}

@group(0) @binding(0) var<storage, read> za: array<f32>;
@group(0) @binding(1) var<storage, read> zb: array<f32>;
@group(0) @binding(2) var<storage, read> slope: array<f32>;
@group(0) @binding(3) var<storage, read_write> dza: array<f32>;
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
  if (i < p.m) {
    dza[at] = slope[i] * (za[at] - zb[at]);
  }
}
