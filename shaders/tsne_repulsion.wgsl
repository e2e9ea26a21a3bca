// force_i = sum_j w_ij^2 (y_i - map_j), mass_i = sum_j w_ij with w_ij = 1 / (1 + ||y_i - map_j||^2),
// without j = i if own is 1. An invocation for each point.
struct Params {
  m: u32,
  n: u32,
  own: u32,
}

@group(0) @binding(0) var<storage, read> y: array<vec4f>;
@group(0) @binding(1) var<storage, read> map: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> force: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> mass: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

const SIZE = 64u;

// Points that are added up before their sums join the rest: keeps rounding small.
const CHUNK = 256u;

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
  let here = y[i];
  var force_sum = vec4f();
  var mass_sum = 0.0;
  for (var first = 0u; first < p.n; first += CHUNK) {
    var f = vec4f();
    var s = 0.0;
    for (var j = first; j < min(first + CHUNK, p.n); j++) {
      let d = here - map[j];
      let w = select(1.0 / (1.0 + dot(d, d)), 0.0, p.own == 1u && j == i);
      s += w;
      f += w * w * d;
    }
    force_sum += f;
    mass_sum += s;
  }
  force[i] = force_sum;
  mass[i] = mass_sum;
}
