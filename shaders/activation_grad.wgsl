// dx = dy * act'(x), from y = act(x), elementwise over n elements; activation: 0 identity, 1 relu,
// 2 leaky relu (slope .01), 3 sigmoid, 4 tanh.
struct Params {
  n: u32,
  activation: u32,
}

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

const SLOPE = 0.01;

fn gradient(v: f32, d: f32) -> f32 {
  switch p.activation {
    case 0u: { return d; }
    case 1u: { return select(0.0, d, v > 0.0); }
    case 2u: { return select(SLOPE * d, d, v > 0.0); }
    case 3u: { return d * (v * (1.0 - v)); }
    default: { return d * (1.0 - v * v); }
  }
}

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * SIZE + lane;
  if (i < p.n) {
    dx[i] = gradient(y[i], dy[i]);
  }
}
