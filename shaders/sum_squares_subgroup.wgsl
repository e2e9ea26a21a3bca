// y[b] = sum of x^2 over block b of 4,096 elements: 64 sums in lanes, then by subgroups.
struct Params {
  n: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

const SIZE = 64u;
const BLOCK = 4096u;
const CHUNK = 1024u;

var<workgroup> sums: array<f32, SIZE>;

// Chunks of 16 terms, so that no sum is long.
fn lane_sum(begin: u32, end: u32, lane: u32) -> f32 {
  var total = 0.0;
  for (var start = begin; start < end; start += CHUNK) {
    let to = min(start + CHUNK, end);
    var part = 0.0;
    for (var i = start + lane; i < to; i += SIZE) {
      let v = x[i];
      part += v * v;
    }
    total += part;
  }
  return total;
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
  @builtin(subgroup_invocation_id) sublane: u32,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(num_subgroups) subgroups: u32,
) {
  let block = group.y * groups.x + group.x;
  let begin = min(block * BLOCK, p.n);
  let part = subgroupAdd(lane_sum(begin, min(begin + BLOCK, p.n), lane));
  if (sublane == 0u) {
    sums[subgroup] = part;
  }
  workgroupBarrier();
  // In the order of the subgroups, so that every run gives the same bits.
  if (lane == 0u && begin < p.n) {
    var total = sums[0];
    for (var s = 1u; s < subgroups; s++) {
      total += sums[s];
    }
    y[block] = total;
  }
}
