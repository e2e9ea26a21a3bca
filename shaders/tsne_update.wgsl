// g = 4 (exaggeration attraction_i - repulsion_i / z); gain +.2 or *.8; velocity = momentum velocity -
// rate gain g; y += velocity. An invocation for each point.
struct Params {
  n: u32,
  each: u32,
  exaggeration: f32,
  rate: f32,
  momentum: f32,
}

@group(0) @binding(0) var<storage, read> attraction: array<vec4f>;
@group(0) @binding(1) var<storage, read> repulsion: array<vec4f>;
@group(0) @binding(2) var<storage, read> total: array<f32>;
@group(0) @binding(3) var<storage, read_write> velocity: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> gain: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(6) var<uniform> p: Params;

const SIZE = 64u;
const LEAST = 0.01;

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
  let z = total[select(0u, i, p.each == 1u)];
  let g = 4.0 * (p.exaggeration * attraction[i] - repulsion[i] / z);
  let against = velocity[i] * g < vec4f();
  let gains = max(select(0.8 * gain[i], gain[i] + 0.2, against), vec4f(LEAST));
  let v = p.momentum * velocity[i] - p.rate * gains * g;
  gain[i] = gains;
  velocity[i] = v;
  y[i] += v;
}
