// force_i = sum_j p_ij w_ij (y_i - map_j), cost_i = -sum_j p_ij ln w_ij over the neighbours of i, with
// w_ij = 1 / (1 + ||y_i - map_j||^2). An invocation for each point.
struct Params {
  m: u32,
  measure: u32,
}

@group(0) @binding(0) var<storage, read> y: array<vec4f>;
@group(0) @binding(1) var<storage, read> map: array<vec4f>;
@group(0) @binding(2) var<storage, read> start: array<u32>;
@group(0) @binding(3) var<storage, read> column: array<u32>;
@group(0) @binding(4) var<storage, read> weight: array<f32>;
@group(0) @binding(5) var<storage, read_write> force: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> cost: array<f32>;
@group(0) @binding(7) var<uniform> p: Params;

const SIZE = 64u;

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
  let own = y[i];
  var sum = vec4f();
  var total = 0.0;
  for (var t = start[i]; t < start[i + 1u]; t++) {
    let d = own - map[column[t]];
    let square = 1.0 + dot(d, d);
    sum += weight[t] / square * d;
    if (p.measure == 1u) {
      total += weight[t] * log(square);
    }
  }
  force[i] = sum;
  cost[i] = total;
}
