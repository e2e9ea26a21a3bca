// y[i] = the least j with the largest x[i, j], x is m x n; NaN is larger than every number.
struct Params {
  m: u32,
  n: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
@group(0) @binding(2) var<uniform> p: Params;

// Integer in the order of the numbers, by their bits: comparisons of f32 may flush subnormal
// numbers to zero and know no NaN. Both zeros give 0.
fn key(v: f32) -> i32 {
  let bits = bitcast<i32>(v);
  let size = bits & 0x7fffffff;
  let signed = select(size, -size, bits < 0);
  return select(signed, 0x7fffffff, size > 0x7f800000);
}

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * SIZE + lane;
  if (i >= p.m) {
    return;
  }
  let row = i * p.n;
  var best = key(x[row]);
  var at = 0u;
  for (var j = 1u; j < p.n; j++) {
    let k = key(x[row + j]);
    if (k > best) {
      best = k;
      at = j;
    }
  }
  y[i] = at;
}
