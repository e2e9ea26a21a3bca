// D = ||za - zb||; loss = scale / 2 (same ? D^2 : max(0, margin - D)^2), slope for the gradient. A
// workgroup takes 8 rows, 8 invocations to a row.
struct Params {
  m: u32,
  dim: u32,
  margin: f32,
  scale: f32,
}

@group(0) @binding(0) var<storage, read> za: array<f32>;
@group(0) @binding(1) var<storage, read> zb: array<f32>;
@group(0) @binding(2) var<storage, read> same: array<u32>;
@group(0) @binding(3) var<storage, read_write> loss: array<f32>;
@group(0) @binding(4) var<storage, read_write> slope: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

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
  for (var t = lane % SHARE; t < select(0u, p.dim, row < p.m); t += SHARE) {
    let v = za[row * p.dim + t] - zb[row * p.dim + t];
    share += v * v;
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
  if (same[row] != 0u) {
    loss[row] = 0.5 * p.scale * sum;
    slope[row] = p.scale;
    return;
  }
  // Not by max, which may drop a NaN.
  let distance = sqrt(sum);
  let difference = p.margin - distance;
  let gap = select(difference, 0.0, difference < 0.0);
  loss[row] = 0.5 * p.scale * gap * gap;
  if (distance == 0.0) {
    slope[row] = 0.0;
  } else {
    slope[row] = -p.scale * gap / distance;
  }
}
