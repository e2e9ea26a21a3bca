// index_t = first point of block_t where the running sum of nearest[best] exceeds offset_t; row_t = x[index_t].
struct Params {
  n: u32,
  dim: u32,
  count: u32,
  rows: u32,
  best: u32,
  given: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> nearest: array<f32>;
@group(0) @binding(2) var<storage, read> block: array<u32>;
@group(0) @binding(3) var<storage, read> offset: array<f32>;
@group(0) @binding(4) var<storage, read_write> index: array<u32>;
@group(0) @binding(5) var<storage, read_write> row: array<f32>;
@group(0) @binding(6) var<uniform> p: Params;

const SIZE = 64u;

fn find(t: u32) -> u32 {
  let begin = min(block[t] * p.rows, p.n - 1u);
  let end = min(begin + p.rows, p.n);
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
  return found;
}

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
  var i = min(block[t], p.n - 1u);
  if (p.given == 0u) {
    i = find(t);
  }
  index[t] = i;
  for (var d = 0u; d < p.dim; d++) {
    row[t * p.dim + d] = x[i * p.dim + d];
  }
}
