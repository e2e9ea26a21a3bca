// dx = factor (dy - y (y . dy)). A workgroup takes 8 rows, 8 invocations to a row.
struct Params {
  m: u32,
  dim: u32,
}

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> factor: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;
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
  let count = select(0u, p.dim, row < p.m);
  var share = 0.0;
  for (var t = lane % SHARE; t < count; t += SHARE) {
    let at = row * p.dim + t;
    share += y[at] * dy[at];
  }
  sums[lane] = share;
  workgroupBarrier();
  if (row >= p.m) {
    return;
  }
  var along = 0.0;
  for (var i = 0u; i < SHARE; i++) {
    along += sums[first + i];
  }
  for (var t = lane % SHARE; t < count; t += SHARE) {
    let at = row * p.dim + t;
    dx[at] = factor[row] * (dy[at] - y[at] * along);
  }
}
