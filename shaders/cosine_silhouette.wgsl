// s = (b - a) / max(a, b) from mean cosine distances, (||x - centre||^2 + spread) / 2 for rows of
// length 1; the half cancels out. An invocation for each row.
struct Params {
  n: u32,
  dim: u32,
  k: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> label: array<u32>;
@group(0) @binding(2) var<storage, read> centre: array<f32>;
@group(0) @binding(3) var<storage, read> spread: array<f32>;
@group(0) @binding(4) var<storage, read> size: array<f32>;
@group(0) @binding(5) var<storage, read_write> s: array<f32>;
@group(0) @binding(6) var<uniform> p: Params;

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * SIZE + lane;
  if (i >= p.n) {
    return;
  }
  let own = label[i];
  var a = 0.0;
  var b = 0.0;
  var found = false;
  for (var c = 0u; c < p.k; c++) {
    var mean = 0.0;
    for (var d = 0u; d < p.dim; d++) {
      let v = x[i * p.dim + d] - centre[c * p.dim + d];
      mean += v * v;
    }
    mean += spread[c];
    if (c == own) {
      a = mean;
    } else {
      if (!found || mean < b) {
        b = mean;
      }
      found = true;
    }
  }
  var value = 0.0;
  if (own < p.k && size[min(own, p.k - 1u)] > 1.0) {
    a *= size[own] / (size[own] - 1.0);
    let larger = max(a, b);
    if (larger != 0.0) {
      value = (b - a) / larger;
    }
  }
  s[i] = value;
}
