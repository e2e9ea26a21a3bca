// g = dw + decay w; v = momentum v + g; w -= rate v, or rate (g + momentum v) with nesterov.
struct Params {
  n: u32,
  rate: f32,
  momentum: f32,
  decay: f32,
  nesterov: u32,
}

@group(0) @binding(0) var<storage, read_write> w: array<f32>;
@group(0) @binding(1) var<storage, read> dw: array<f32>;
@group(0) @binding(2) var<storage, read_write> v: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * SIZE + lane;
  if (i < p.n) {
    let g = dw[i] + p.decay * w[i];
    let velocity = p.momentum * v[i] + g;
    v[i] = velocity;
    let direction = select(velocity, g + p.momentum * velocity, p.nesterov != 0u);
    w[i] = w[i] - p.rate * direction;
  }
}
