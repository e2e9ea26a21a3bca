// loss_i = scale ||z_i - mu_label(i)||^2; NaN where the label is not below k. A workgroup takes 8
// rows, 8 invocations to a row.
struct Params {
  m: u32,
  k: u32,
  dim: u32,
  scale: f32,
}

@group(0) @binding(0) var<storage, read> z: array<f32>;
@group(0) @binding(1) var<storage, read> mu: array<f32>;
@group(0) @binding(2) var<storage, read> label: array<u32>;
@group(0) @binding(3) var<storage, read_write> loss: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

const SIZE = 64u;
const SHARE = 8u;

var<workgroup> sums: array<f32, SIZE>;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = (group.y * groups.x + group.x) * (SIZE / SHARE) + lane / SHARE;
  let first = lane & ~(SHARE - 1u);
  var share = 0.0;
  if (row < p.m && label[row] < p.k) {
    for (var t = lane % SHARE; t < p.dim; t += SHARE) {
      let v = z[row * p.dim + t] - mu[label[row] * p.dim + t];
      share += v * v;
    }
  }
  sums[lane] = share;
  workgroupBarrier();
  if (lane != first || row >= p.m) {
    return;
  }
  var sum = 0.0;
  for (var i = 0u; i < SHARE; i++) {
    sum += sums[first + i];
  }
  var bits = 0x7fc00000u;
  if (label[row] < p.k) {
    bits = bitcast<u32>(p.scale * sum);
  }
  loss[row] = bitcast<f32>(bits);
}
