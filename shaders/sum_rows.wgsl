// y[i] = sum of x[i, j] over j, x is m x n: a row for each invocation.
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
  let i = (group.y * groups.x + group.x) * SIZE + lane;
  if (i >= p.m) {
    return;
  }
  // Sums of 32 terms, of 32 such sums, and of all: no sum is long.
  let row = i * p.n;
  var few = 0.0;
  var many = 0.0;
  var total = 0.0;
  for (var j = 0u; j < p.n; j++) {
    few += x[row + j];
    if (j % 32u == 31u) {
      many += few;
      few = 0.0;
    }
    if (j % 1024u == 1023u) {
      total += many;
      many = 0.0;
    }
  }
  y[i] = total + (many + few);
}
