// With (u, v) = slope: dza = u (za - zp) - v (za - zn), dzp = u (zp - za), dzn = v (za - zn).
struct Params {
  m: u32,
  dim: u32,
}

@group(0) @binding(0) var<storage, read> za: array<f32>;
@group(0) @binding(1) var<storage, read> zp: array<f32>;
@group(0) @binding(2) var<storage, read> zn: array<f32>;
@group(0) @binding(3) var<storage, read> slope: array<f32>;
@group(0) @binding(4) var<storage, read_write> dza: array<f32>;
@group(0) @binding(5) var<storage, read_write> dzp: array<f32>;
@group(0) @binding(6) var<storage, read_write> dzn: array<f32>;
@group(0) @binding(7) var<uniform> p: Params;

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
  let near = slope[2u * i] * (za[at] - zp[at]);
  let far = slope[2u * i + 1u] * (za[at] - zn[at]);
  dza[at] = near - far;
  dzp[at] = -near;
  dzn[at] = far;
}
