// loss = scale max(0, D(za, zp) - D(za, zn) + margin), D the distance or its square; slopes for the
// gradient. A workgroup takes 8 rows, 8 invocations to a row.
struct Params {
  m: u32,
  dim: u32,
  squared: u32,
  masked: u32,
  margin: f32,
  scale: f32,
}

@group(0) @binding(0) var<storage, read> za: array<f32>;
@group(0) @binding(1) var<storage, read> zp: array<f32>;
@group(0) @binding(2) var<storage, read> zn: array<f32>;
@group(0) @binding(3) var<storage, read> valid: array<u32>;
@group(0) @binding(4) var<storage, read_write> loss: array<f32>;
@group(0) @binding(5) var<storage, read_write> slope: array<f32>;
@group(0) @binding(6) var<uniform> p: Params;

const SIZE = 64u;
const SHARE = 8u;

var<workgroup> sums: array<vec2f, SIZE>;

// a / b, but 0 where b is 0.
fn ratio(a: f32, b: f32) -> f32 {
  if (b == 0.0) {
    return 0.0;
  }
  return a / b;
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = (group.y * groups.x + group.x) * (SIZE / SHARE) + lane / SHARE;
  let first = lane & ~(SHARE - 1u);
  var share = vec2f();
  for (var t = lane % SHARE; t < select(0u, p.dim, row < p.m); t += SHARE) {
    let at = row * p.dim + t;
    let v = za[at] - vec2f(zp[at], zn[at]);
    share += v * v;
  }
  sums[lane] = share;
  workgroupBarrier();
  if (lane != first || row >= p.m) {
    return;
  }
  var d = vec2f();
  for (var i = 0u; i < SHARE; i++) {
    d += sums[first + i];
  }
  var factor = vec2f(2.0 * p.scale);
  if (p.squared == 0u) {
    d = sqrt(d);
    factor = vec2f(ratio(p.scale, d.x), ratio(p.scale, d.y));
  }
  let excess = d.x - d.y + p.margin;
  var value = p.scale * excess;
  if (excess <= 0.0 || (p.masked == 1u && valid[row] == 0u)) {
    value = 0.0;
    factor = vec2f();
  }
  loss[row] = value;
  slope[2u * row] = factor.x;
  slope[2u * row + 1u] = factor.y;
}
