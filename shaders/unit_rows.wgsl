// y = x / max(||x||, epsilon); factor = 1 / ||x||, or 0 where ||x|| <= epsilon. A workgroup takes 8
// rows, 8 invocations to a row.
struct Params {
  m: u32,
  dim: u32,
  epsilon: f32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read_write> factor: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

const SIZE = 64u;
const SHARE = 8u;
// Sums of squares from which those of the numbers times SHRINK are taken, so that none overflows.
const LARGE = 1e37;
const SHRINK = 0x1p-80f;

var<workgroup> sums: array<vec2f, SIZE>;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = (group.y * groups.x + group.x) * (SIZE / SHARE) + lane / SHARE;
  let first = lane & ~(SHARE - 1u);
  let count = select(0u, p.dim, row < p.m);
  var share = vec2f();
  for (var t = lane % SHARE; t < count; t += SHARE) {
    let v = x[row * p.dim + t] * vec2f(1.0, SHRINK);
    share += v * v;
  }
  sums[lane] = share;
  workgroupBarrier();
  if (row >= p.m) {
    return;
  }
  var s = vec2f();
  for (var i = 0u; i < SHARE; i++) {
    s += sums[first + i];
  }
  // A NaN is not below LARGE and not at most epsilon, and so reaches y and factor.
  var shrink = 1.0;
  var size = sqrt(s.x);
  if (!(s.x < LARGE)) {
    shrink = SHRINK;
    size = sqrt(s.y);
  }
  var slope = shrink / size;
  if (shrink == 1.0 && size <= p.epsilon) {
    size = p.epsilon;
    slope = 0.0;
  }
  for (var t = lane % SHARE; t < count; t += SHARE) {
    let at = row * p.dim + t;
    y[at] = x[at] * shrink / size;
  }
  if (lane == first) {
    factor[row] = slope;
  }
}
