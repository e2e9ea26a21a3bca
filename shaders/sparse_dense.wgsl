// y_i = sum_t value[t] x[column[t], :] over the entries t of row i. An invocation for four numbers of y.
struct Params {
  m: u32,
  dim: u32,
}

@group(0) @binding(0) var<storage, read> start: array<u32>;
@group(0) @binding(1) var<storage, read> column: array<u32>;
@group(0) @binding(2) var<storage, read> value: array<f32>;
@group(0) @binding(3) var<storage, read> x: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(5) var<uniform> p: Params;

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = (group.y * groups.x + group.x) * SIZE + lane;
  let width = p.dim / 4u;
  let i = at / width;
  if (i >= p.m) {
    return;
  }
  let c = at - i * width;
  var sum = vec4f();
  for (var t = start[i]; t < start[i + 1u]; t++) {
    sum += value[t] * x[column[t] * width + c];
  }
  y[at] = sum;
}
