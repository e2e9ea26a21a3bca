// index_t = first point of block_t at which the running sum of nearest[best] exceeds offset_t.
struct Params {
  n: u32,
  count: u32,
  rows: u32,
  best: u32,
}

@group(0) @binding(0) var<storage, read> nearest: array<f32>;
@group(0) @binding(1) var<storage, read> block: array<u32>;
@group(0) @binding(2) var<storage, read> offset: array<f32>;
@group(0) @binding(3) var<storage, read_write> index: array<u32>;
@group(0) @binding(4) var<uniform> p: Params;

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let t = (group.y * groups.x + group.x) * SIZE + lane;
  if (t >= p.count) {
    return;
  }
  let begin = min(block[t] * p.rows, p.n - 1u);
  let end = min(begin + p.rows, p.n);
  // The last point above zero stands in where the sum stays below the offset.
  var found = begin;
  var running = 0.0;
  for (var i = begin; i < end; i++) {
    let d = nearest[p.best * p.n + i];
    if (d > 0.0) {
      found = i;
      running += d;
      if (running > offset[t]) {
        break;
      }
    }
  }
  index[t] = found;
}
