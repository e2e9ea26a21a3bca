// By block of rows and cluster: sums of w_i (x_i - x_0), masses = sums of w_i, counts of w_i > 0.
struct Params {
  n: u32,
  dim: u32,
  k: u32,
  rows: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> label: array<u32>;
@group(0) @binding(3) var<storage, read> status: array<f32>;
@group(0) @binding(4) var<storage, read_write> sums: array<f32>;
@group(0) @binding(5) var<storage, read_write> masses: array<f32>;
@group(0) @binding(6) var<storage, read_write> counts: array<u32>;
@group(0) @binding(7) var<uniform> p: Params;

const SIZE = 64u;

// A workgroup computes a block of rows. A lane owns every 64th column and every 64th cluster.
@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let block = group.y * groups.x + group.x;
  let begin = block * p.rows;
  if (begin >= p.n || status[0] != 0.0) {
    return;
  }
  let end = min(begin + p.rows, p.n);
  let stride = (p.dim + 3u) & ~3u;
  let first = block * p.k;
  for (var d = lane; d < stride; d += SIZE) {
    for (var j = 0u; j < p.k; j++) {
      sums[(first + j) * stride + d] = 0.0;
    }
    if (d < p.dim) {
      for (var i = begin; i < end; i++) {
        let at = (first + label[i]) * stride + d;
        sums[at] += weight[i] * (x[i * p.dim + d] - x[d]);
      }
    }
  }
  for (var j = lane; j < p.k; j += SIZE) {
    var mass = 0.0;
    var count = 0u;
    for (var i = begin; i < end; i++) {
      if (label[i] == j && weight[i] > 0.0) {
        mass += weight[i];
        count++;
      }
    }
    masses[first + j] = mass;
    counts[first + j] = count;
  }
}
