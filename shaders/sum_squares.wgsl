// y[b] = sum of x^2 over block b of 4,096 elements: 64 sums in lanes, then a tree.
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
) {
  let block = group.y * groups.x + group.x;
  let begin = min(block * BLOCK, p.n);
  sums[lane] = lane_sum(begin, min(begin + BLOCK, p.n), lane);
  for (var half = SIZE / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      sums[lane] += sums[lane + half];
    }
  }
  if (lane == 0u && begin < p.n) {
    y[block] = sums[0];
  }
}
