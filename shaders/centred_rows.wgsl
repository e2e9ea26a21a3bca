// y_i = x_(first + i) - centre, square_i = ||y_i||^2: x is rows x dim, y is m x dim; rows past the
// end of x give zeros. A workgroup for each row.
struct Params {
  rows: u32,
  m: u32,
  dim: u32,
  first: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> centre: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> square: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

const SIZE = 64u;

var<workgroup> sums: array<f32, SIZE>;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = group.y * groups.x + group.x;
  let inside = i < p.m;
  let there = inside && p.first + i < p.rows;
  var sum = 0.0;
  for (var t = lane; t < select(0u, p.dim, inside); t += SIZE) {
    var v = 0.0;
    if (there) {
      v = x[(p.first + i) * p.dim + t] - centre[t];
    }
    y[i * p.dim + t] = v;
    sum += v * v;
  }
  sums[lane] = sum;
  for (var half = SIZE / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      sums[lane] += sums[lane + half];
    }
  }
  if (lane == 0u && inside) {
    square[i] = sums[0];
  }
}
