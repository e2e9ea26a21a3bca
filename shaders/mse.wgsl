// loss[b] = scale * sum of (y - t)^2 over block b of 1,024 elements. A workgroup per block.
struct Params {
  n: u32,
  scale: f32,
}

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> t: array<f32>;
@group(0) @binding(2) var<storage, read_write> loss: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

const SIZE = 64u;
const BLOCK = 1024u;

var<workgroup> sums: array<f32, SIZE>;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let block = group.y * groups.x + group.x;
  let begin = min(block * BLOCK, p.n);
  let end = min(begin + BLOCK, p.n);
  var sum = 0.0;
  for (var i = begin + lane; i < end; i += SIZE) {
    let d = y[i] - t[i];
    sum += d * d;
  }
  sums[lane] = sum;
  for (var width = SIZE / 2u; width > 0u; width /= 2u) {
    workgroupBarrier();
    if (lane < width) {
      sums[lane] = sums[lane] + sums[lane + width];
    }
  }
  if (lane == 0u && begin < end) {
    loss[block] = p.scale * sums[0];
  }
}
