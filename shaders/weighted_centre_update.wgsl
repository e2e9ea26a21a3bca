// For each row i in order with w_i > 0, j = label_i: mass_j += w_i, mu_j -= (mu_j - z_i) (w_i / mass_j).
// A workgroup takes a centre, an invocation every 64th of its numbers.
struct Params {
  m: u32,
  k: u32,
  dim: u32,
}

@group(0) @binding(0) var<storage, read> z: array<f32>;
@group(0) @binding(1) var<storage, read> label: array<u32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> mass: array<f32>;
@group(0) @binding(4) var<storage, read_write> mu: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

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
  let before = mass[j];
  var after = before;
  for (var t = lane; t < p.dim; t += SIZE) {
    after = before;
    var c = mu[j * p.dim + t];
    for (var i = 0u; i < p.m; i++) {
      let w = weight[i];
      if (label[i] == j && w > 0.0) {
        after += w;
        c -= (c - z[i * p.dim + t]) * (w / after);
      }
    }
    mu[j * p.dim + t] = c;
  }
  // All have read the mass before one writes it.
  storageBarrier();
  if (lane == 0u) {
    mass[j] = after;
  }
}
