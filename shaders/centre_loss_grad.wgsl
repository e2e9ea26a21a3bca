// dz_i = scale (z_i - mu_label(i)); NaN where the label is not below k.
struct Params {
  m: u32,
  k: u32,
  dim: u32,
  scale: f32,
}

@group(0) @binding(0) var<storage, read> z: array<f32>;
@group(0) @binding(1) var<storage, read> mu: array<f32>;
@group(0) @binding(2) var<storage, read> label: array<u32>;
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
  var bits = 0x7fc00000u;
  if (label[i] < p.k) {
    bits = bitcast<u32>(p.scale * (z[at] - mu[label[i] * p.dim + (at - i * p.dim)]));
  }
  dz[at] = bitcast<f32>(bits);
}
