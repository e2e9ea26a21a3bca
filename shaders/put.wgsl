// y[at + i, :] = x[i, :] for m rows of width words; rows past the end of y are dropped. Words, so
// that every bit is kept.
struct Params {
  rows: u32,
  m: u32,
  width: u32,
  at: u32,
}

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
@group(0) @binding(2) var<uniform> p: Params;

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * SIZE + lane;
  let row = i / p.width;
  // The order of the comparisons keeps at + row below 2^32.
  if (row < p.m && p.at < p.rows && row < p.rows - p.at) {
    y[p.at * p.width + i] = x[i];
  }
}
