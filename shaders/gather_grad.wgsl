// dsource[r, :] = sum of dy[i, :] over the i < m with index[at + i] = r, in order of i. An
// invocation for each element of dsource.
struct Params {
  rows: u32,
  m: u32,
  width: u32,
  at: u32,
}

@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read_write> dsource: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let e = (group.y * groups.x + group.x) * SIZE + lane;
  let r = e / p.width;
  if (r >= p.rows) {
    return;
  }
  let column = e - r * p.width;
  var sum = 0.0;
  for (var i = 0u; i < p.m; i++) {
    if (index[p.at + i] == r) {
      sum += dy[i * p.width + column];
    }
  }
  dsource[e] = sum;
}
