// loss[b] = scale * sum of p ln(p / q) over block b of 1,024 elements, p the goal; 0 where p is 0.
// A workgroup per block.
struct Params {
  n: u32,
  scale: f32,
}

@group(0) @binding(0) var<storage, read> goal: array<f32>;
@group(0) @binding(1) var<storage, read> q: array<f32>;
@group(0) @binding(2) var<storage, read_write> loss: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

const SIZE = 64u;
const BLOCK = 1024u;

// The least normal number, 2^-126.
const TINY = 1.1754943508222875e-38;

var<workgroup> sums: array<f32, SIZE>;

// ln r for normal r > 0: r = 2^e m, ln m = 2 atanh((m - 1) / (m + 1)); infinity and NaN stay. The
// built-in function may be off by 2^-21 near 1.
fn log_of(r: f32) -> f32 {
  let bits = bitcast<i32>(r);
  let e = (bits - 0x3f3504f3) >> 23u;
  let m = bitcast<f32>(bits - (e << 23u));
  let s = (m - 1.0) / (m + 1.0);
  let v = s * s;
  let series = (((0.121508345 * v + 0.10713593) * v + 0.14308482) * v + 0.19999437) * v +
    0.33333337;
  // ln 2 in two parts; products of the first with e are exact.
  let log = f32(e) * 0.693359375 + (f32(e) * -2.12194440e-4 + (2.0 * s * v * series + 2.0 * s));
  return select(log, r, (bits & 0x7fffffff) >= 0x7f800000);
}

fn term(i: u32) -> f32 {
  let v = goal[i];
  // By the bits: NaN is not small.
  if ((bitcast<u32>(v) & 0x7fffffffu) < bitcast<u32>(TINY)) {
    return 0.0;
  }
  return v * log_of(v / q[i]);
}

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
    sum += term(i);
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
