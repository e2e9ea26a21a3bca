// For each row i in order, j = label_i: count_j += 1, mu_j -= (mu_j - z_i) / count_j. A workgroup
// takes a centre, an invocation every 64th of its numbers.
struct Params {
  m: u32,
  k: u32,
  dim: u32,
}

@group(0) @binding(0) var<storage, read> z: array<f32>;
@group(0) @binding(1) var<storage, read> label: array<u32>;
@group(0) @binding(2) var<storage, read_write> count: array<u32>;
@group(0) @binding(3) var<storage, read_write> mu: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let j = group.y * groups.x + group.x;
  if (j >= p.k) {
    return;
  }
  let before = count[j];
  var after = before;
  for (var t = lane; t < p.dim; t += SIZE) {
    after = before;
    var c = mu[j * p.dim + t];
    for (var i = 0u; i < p.m; i++) {
      if (label[i] == j) {
        after++;
        c -= (c - z[i * p.dim + t]) / f32(after);
      }
    }
    mu[j * p.dim + t] = c;
  }
  // All have read the count before one writes it.
  storageBarrier();
  if (lane == 0u) {
    count[j] = after;
  }
}
