// w[c, i, j] = responsibility[i, c] y[c, i, j], or its square.
struct Params {
  m: u32,
  k: u32,
  dim: u32,
  square: u32,
}

@group(0) @binding(0) var<storage, read> responsibility: array<f32>;
@group(0) @binding(1) var<storage, read> y: array<f32>;
@group(0) @binding(2) var<storage, read_write> w: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

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
  let v = y[at];
  let r = responsibility[((at % tile) / p.dim) * p.k + at / tile];
  w[at] = r * select(v, v * v, p.square == 1u);
}
