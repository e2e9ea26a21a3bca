// mean[j], variance[j] of m rows from the means and sums of squares of blocks, and the running ones:
// running += momentum (new - running), with the unbiased variance. A column for each invocation.
struct Params {
  m: u32,
  c: u32,
  block: u32,
  momentum: f32,
}

@group(0) @binding(0) var<storage, read> means: array<f32>;
@group(0) @binding(1) var<storage, read> squares: array<f32>;
@group(0) @binding(2) var<storage, read_write> mean: array<f32>;
@group(0) @binding(3) var<storage, read_write> variance: array<f32>;
@group(0) @binding(4) var<storage, read_write> running_mean: array<f32>;
@group(0) @binding(5) var<storage, read_write> running_variance: array<f32>;
@group(0) @binding(6) var<uniform> p: Params;

// Sums of 32 terms are added up: no sum is long.
const FEW = 32u;

// Rows of block b.
fn rows(b: u32) -> f32 {
  return f32(min(p.block, p.m - b * p.block));
}

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let j = (group.y * groups.x + group.x) * SIZE + lane;
  if (j >= p.c) {
    return;
  }
  let blocks = (p.m - 1u) / p.block + 1u;
  let first = means[j];
  var total = 0.0;
  for (var start = 0u; start < blocks; start += FEW) {
    var sum = 0.0;
    for (var b = start; b < min(start + FEW, blocks); b++) {
      sum += rows(b) * (means[b * p.c + j] - first);
    }
    total += sum;
  }
  let center = first + total / f32(p.m);
  var square = 0.0;
  for (var start = 0u; start < blocks; start += FEW) {
    var sum = 0.0;
    for (var b = start; b < min(start + FEW, blocks); b++) {
      let d = means[b * p.c + j] - center;
      sum += squares[b * p.c + j] + rows(b) * d * d;
    }
    square += sum;
  }
  mean[j] = center;
  variance[j] = square / f32(p.m);
  running_mean[j] += p.momentum * (center - running_mean[j]);
  running_variance[j] += p.momentum * (square / f32(p.m - 1u) - running_variance[j]);
}
