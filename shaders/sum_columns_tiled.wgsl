// y[j] = sum of x[i, j] over i, x is m x n: 32 columns for each workgroup, 8 invocations a column.
struct Params {
  m: u32,
  n: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

const COLUMNS = 32u;
const STRIPS = 8u;
const CHUNK = 32u * STRIPS;

var<workgroup> sums: array<f32, COLUMNS * STRIPS>;

// Sum of every eighth element of column j from row `strip` on, in chunks of 32 terms.
fn strip_sum(j: u32, strip: u32) -> f32 {
  var total = 0.0;
  for (var start = 0u; start < p.m; start += CHUNK) {
    let to = min(start + CHUNK, p.m);
    var part = 0.0;
    for (var i = start + strip; i < to; i += STRIPS) {
      part += x[i * p.n + j];
    }
    total += part;
  }
  return total;
}

@compute @workgroup_size(COLUMNS, STRIPS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let j = (group.y * groups.x + group.x) * COLUMNS + local.x;
  sums[lane] = strip_sum(min(j, p.n - 1u), local.y);
  for (var half = STRIPS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local.y < half) {
      sums[lane] += sums[lane + half * COLUMNS];
    }
  }
  if (local.y == 0u && j < p.n) {
    y[j] = sums[lane];
  }
}
