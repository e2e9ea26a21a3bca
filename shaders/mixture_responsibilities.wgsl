// l_c = constant_c - 1/2 ||y[c, i]||^2; score_i = ln sum_c exp l_c; responsibility[i, c] = exp(l_c - score_i).
struct Params {
  m: u32,
  k: u32,
  dim: u32,
  rows: u32,
  first: u32,
}

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> constant: array<f32>;
@group(0) @binding(2) var<storage, read_write> responsibility: array<f32>;
@group(0) @binding(3) var<storage, read_write> score: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

const SIZE = 64u;

fn log_density(c: u32, i: u32) -> f32 {
  let row = (c * p.m + i) * p.dim;
  var square = 0.0;
  for (var j = 0u; j < p.dim; j++) {
    square += y[row + j] * y[row + j];
  }
  return constant[c] - 0.5 * square;
}

// An invocation computes a row.
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
  let row = i * p.k;
  if (p.first + i >= p.rows) {
    for (var c = 0u; c < p.k; c++) {
      responsibility[row + c] = 0.0;
    }
    score[i] = 0.0;
    return;
  }
  var high = log_density(0u, i);
  responsibility[row] = high;
  for (var c = 1u; c < p.k; c++) {
    let l = log_density(c, i);
    responsibility[row + c] = l;
    high = max(high, l);
  }
  var sum = 0.0;
  for (var c = 0u; c < p.k; c++) {
    let e = exp(responsibility[row + c] - high);
    responsibility[row + c] = e;
    sum += e;
  }
  for (var c = 0u; c < p.k; c++) {
    responsibility[row + c] = responsibility[row + c] / sum;
  }
  score[i] = high + log(sum);
}
