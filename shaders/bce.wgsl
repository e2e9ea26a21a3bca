// loss[b] = scale * sum of max(x, 0) - x t + ln(1 + e^-|x|) over block b of 1,024 elements. A
// workgroup per block.
struct Params {
  n: u32,
  scale: f32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> t: array<f32>;
@group(0) @binding(2) var<storage, read_write> loss: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

// ln(1 + e) = 2 atanh(e / (e + 2)) for 0 <= e <= 1. The built-in logarithm may be off by 2^-21.
fn log1p(e: f32) -> f32 {
  let s = e / (e + 2.0);
  let z = s * s;
  let series = (((0.121508345 * z + 0.10713593) * z + 0.14308482) * z + 0.19999437) * z +
    0.33333337;
  return 2.0 * s * z * series + 2.0 * s;
}

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
    sum += max(x[i], 0.0) - x[i] * t[i] + log1p(exp(-abs(x[i])));
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
