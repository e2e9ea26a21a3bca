// g = dw + l2 w; m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
// w = (1 - rate decay) w - rate (m / correction1) / (sqrt(v / correction2) + epsilon).
struct Params {
  n: u32,
  rate: f32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
  l2: f32,
  decay: f32,
  correction1: f32,
  correction2: f32,
}

@group(0) @binding(0) var<storage, read_write> w: array<f32>;
@group(0) @binding(1) var<storage, read> dw: array<f32>;
@group(0) @binding(2) var<storage, read_write> m: array<f32>;
@group(0) @binding(3) var<storage, read_write> v: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * SIZE + lane;
  if (i < p.n) {
    let g = dw[i] + p.l2 * w[i];
    let mean = p.beta1 * m[i] + (1.0 - p.beta1) * g;
    let square = p.beta2 * v[i] + (1.0 - p.beta2) * g * g;
    m[i] = mean;
    v[i] = square;
    let direction = mean / (sqrt(square) / sqrt(p.correction2) + p.epsilon);
    w[i] = (1.0 - p.rate * p.decay) * w[i] - p.rate / p.correction1 * direction;
  }
}
