// dw = dw min(1, limit / (sqrt(norm_sq) + 1e-6)); NaN if the norm is not finite.
struct Params {
  n: u32,
  limit: f32,
}

@group(0) @binding(0) var<storage, read> norm_sq: array<f32>;
@group(0) @binding(1) var<storage, read_write> dw: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * SIZE + lane;
  if (i >= p.n) {
    return;
  }
  let bits = bitcast<u32>(norm_sq[0]);
  if ((bits & 0x7f800000u) == 0x7f800000u) {
    dw[i] = bitcast<f32>(bits | 0x7fc00000u);
    return;
  }
  let factor = p.limit / (sqrt(norm_sq[0]) + 1e-6);
  if (factor < 1.0) {
    dw[i] = dw[i] * factor;
  }
}
