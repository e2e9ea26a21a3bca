// d[i, j] = ||x_(first + i) - points_index[at + i, j]||^2: x is rows x dim, points is n x dim, index
// has rows of k, d is m x k; infinity where the index is n or more and past the end of x. An
// invocation for each distance.
struct Params {
  rows: u32,
  m: u32,
  n: u32,
  dim: u32,
  k: u32,
  first: u32,
  at: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> points: array<f32>;
@group(0) @binding(2) var<storage, read> index: array<u32>;
@group(0) @binding(3) var<storage, read_write> d: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let item = (group.y * groups.x + group.x) * SIZE + lane;
  if (item >= p.m * p.k) {
    return;
  }
  let row = p.first + item / p.k;
  var point = p.n;
  if (row < p.rows) {
    point = index[p.at * p.k + item];
  }
  if (point >= p.n) {
    // A constant expression must not be infinite; a variable may.
    var infinity = 0x7f800000u;
    d[item] = bitcast<f32>(infinity);
    return;
  }
  var sum = 0.0;
  for (var t = 0u; t < p.dim; t++) {
    let v = x[row * p.dim + t] - points[point * p.dim + t];
    sum += v * v;
  }
  d[item] = sum;
}
