// distance_i = ||x_i - c_label(i)||^2; inertia_b = its sum over block b of rows.
struct Params {
  n: u32,
  dim: u32,
  rows: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> centres: array<f32>;
@group(0) @binding(2) var<storage, read> label: array<u32>;
@group(0) @binding(3) var<storage, read_write> distance: array<f32>;
@group(0) @binding(4) var<storage, read_write> inertia: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

const SIZE = 64u;

var<workgroup> partial: array<f32, SIZE>;

// A workgroup computes a block of rows.
@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let block = group.y * groups.x + group.x;
  let begin = block * p.rows;
  if (begin >= p.n) {
    return;
  }
  let end = min(begin + p.rows, p.n);
  var mine = 0.0;
  for (var i = begin + lane; i < end; i += SIZE) {
    let c = label[i] * p.dim;
    var sum = 0.0;
    for (var d = 0u; d < p.dim; d++) {
      let v = x[i * p.dim + d] - centres[c + d];
      sum += v * v;
    }
    distance[i] = sum;
    mine += sum;
  }
  partial[lane] = mine;
  for (var half = SIZE / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      partial[lane] += partial[lane + half];
    }
  }
  if (lane == 0u) {
    inertia[block] = partial[0];
  }
}
