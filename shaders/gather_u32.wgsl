// y[i, :] = source[index[at + i], :] for m rows of width words; where the index is out of
// range, the row of y is 2^32 - 1.
struct Params {
  rows: u32,
  m: u32,
  width: u32,
  at: u32,
}

@group(0) @binding(0) var<storage, read> source: array<u32>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;
@group(0) @binding(3) var<uniform> p: Params;

const MISSING = 0xffffffffu;

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * SIZE + lane;
  let row = i / p.width;
  if (row >= p.m) {
    return;
  }
  let k = index[p.at + row];
  if (k < p.rows) {
    y[i] = source[k * p.width + (i - row * p.width)];
  } else {
    y[i] = MISSING;
  }
}
