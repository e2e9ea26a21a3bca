// dx = scale (sigmoid(x) - t), elementwise over n elements.
struct Params {
  n: u32,
  scale: f32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> t: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
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
    let e = exp(-abs(x[i]));
    let s = 1.0 / (1.0 + e);
    let sigmoid = select(s, e * s, x[i] < 0.0);
    // The built-in function does not promise to keep a NaN.
    let nan = (bitcast<u32>(x[i]) & 0x7fffffffu) > 0x7f800000u;
    dx[i] = p.scale * (select(sigmoid, x[i], nan) - t[i]);
  }
}
