// dx = scale (probability - onehot(label)), by row of n; NaN in a row whose label is not below n.
struct Params {
  m: u32,
  n: u32,
  scale: f32,
}

@group(0) @binding(0) var<storage, read> probability: array<f32>;
@group(0) @binding(1) var<storage, read> label: array<u32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * SIZE + lane;
  if (i >= p.m * p.n) {
    return;
  }
  let row = i / p.n;
  let one = select(0.0, 1.0, i - row * p.n == label[row]);
  var bits = 0x7fc00000u;
  if (label[row] < p.n) {
    bits = bitcast<u32>(p.scale * (probability[i] - one));
  }
  dx[i] = bitcast<f32>(bits);
}
