// y[j] = sum of x[i, j] over i, x is m x n: a column for each invocation.
struct Params {
  m: u32,
  n: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let j = (group.y * groups.x + group.x) * SIZE + lane;
  if (j >= p.n) {
    return;
  }
  // Sums of 32 terms, of 32 such sums, and of all: no sum is long.
  var few = 0.0;
  var many = 0.0;
  var total = 0.0;
  for (var i = 0u; i < p.m; i++) {
    few += x[i * p.n + j];
    if (i % 32u == 31u) {
      many += few;
      few = 0.0;
    }
    if (i % 1024u == 1023u) {
      total += many;
      many = 0.0;
    }
  }
  y[j] = total + (many + few);
}
