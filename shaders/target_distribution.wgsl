// goal_ij = (q_ij^2 / f_j) / sum_l (q_il^2 / f_l); terms with f_j = 0 are 0. A workgroup takes 8
// rows, 8 invocations to a row.
struct Params {
  m: u32,
  k: u32,
}

@group(0) @binding(0) var<storage, read> q: array<f32>;
@group(0) @binding(1) var<storage, read> f: array<f32>;
@group(0) @binding(2) var<storage, read_write> goal: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

const SIZE = 64u;
const SHARE = 8u;

var<workgroup> sums: array<f32, SIZE>;

// Whether v is below 2^-126. By the bits: NaN is not, and devices flush such numbers as they like.
fn is_zero(v: f32) -> bool {
  return (bitcast<u32>(v) & 0x7fffffffu) < 0x00800000u;
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = (group.y * groups.x + group.x) * (SIZE / SHARE) + lane / SHARE;
  let first = lane & ~(SHARE - 1u);
  let start = row * p.k;
  // No columns for the rows past the end.
  let columns = select(0u, p.k, row < p.m);

  var share = 0.0;
  for (var j = lane % SHARE; j < columns; j += SHARE) {
    let v = q[start + j];
    var w = 0.0;
    if (!is_zero(f[j])) {
      w = v * (v / f[j]);
    }
    goal[start + j] = w;
    share += w;
  }
  sums[lane] = share;
  workgroupBarrier();
  var sum = 0.0;
  for (var i = 0u; i < SHARE; i++) {
    sum += sums[first + i];
  }
  if (is_zero(sum)) {
    sum = 1.0;
  }
  for (var j = lane % SHARE; j < columns; j += SHARE) {
    goal[start + j] = goal[start + j] / sum;
  }
}
