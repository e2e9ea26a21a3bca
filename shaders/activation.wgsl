// y = act(x), elementwise over n elements; activation: 0 identity, 1 relu, 2 leaky relu
// (slope .01), 3 sigmoid, 4 tanh.
struct Params {
  n: u32,
  activation: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

const SLOPE = 0.01;

// 1 / (1 + e^-v), from e^-|v|, which cannot overflow.
fn sigmoid(v: f32) -> f32 {
  let e = exp(-abs(v));
  return select(1.0, e, v < 0.0) / (1.0 + e);
}

// An odd minimax polynomial below .625, where the other form would cancel; 1 - 2 / (e^2|v| + 1)
// with the sign of v above. Drivers' own tanh may overflow to NaN.
fn tanh_of(v: f32) -> f32 {
  let u = v * v;
  var q = u * -5.717043592e-3 + 2.0650586075e-2;
  q = q * u - 5.374349774e-2;
  q = q * u + 1.33314912834e-1;
  q = q * u - 3.33332839252e-1;
  let large = 1.0 - 2.0 / (exp(2.0 * min(abs(v), 10.0)) + 1.0);
  return select(sign(v) * large, v + v * u * q, abs(v) < 0.625);
}

fn activate(v: f32) -> f32 {
  switch p.activation {
    case 0u: { return v; }
    case 1u: { return max(v, 0.0); }
    case 2u: { return max(v, SLOPE * v); }
    case 3u: { return sigmoid(v); }
    default: { return tanh_of(v); }
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
    let v = x[i];
    // NaN by its bits: comparisons and max may lose it.
    let nan = (bitcast<u32>(v) & 0x7fffffffu) > 0x7f800000u;
    y[i] = select(activate(v), v, nan);
  }
}
