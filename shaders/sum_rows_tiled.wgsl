// y[i] = sum of x[i, j] over j, x is m x n: a row for each workgroup.
struct Params {
  m: u32,
  n: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

const SIZE = 64u;

var<workgroup> sums: array<f32, SIZE>;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = group.y * groups.x + group.x;
  let row = min(i, p.m - 1u) * p.n;
  // Sums of 32 terms, then of those: no sum is long.
  var total = 0.0;
  for (var start = lane; start < p.n; start += 32u * SIZE) {
    let to = min(start + 32u * SIZE, p.n);
    var part = 0.0;
    for (var j = start; j < to; j += SIZE) {
      part += x[row + j];
    }
    total += part;
  }
  sums[lane] = total;
  for (var half = SIZE / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      sums[lane] += sums[lane + half];
    }
  }
  if (lane == 0u && i < p.m) {
    y[i] = sums[0];
  }
}
