// count[i, t] = number of points that are closer to i than index[i, t] is; of equals the lower number
// is the closer. An invocation for each row; it takes some named points at a time.
struct Params {
  n: u32,
  dim: u32,
  k: u32,
  first: u32,
  m: u32,
}

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read_write> count: array<u32>;
@group(0) @binding(3) var<uniform> p: Params;

const SIZE = 64u;
const PANEL = 8u;

// Named points at a time.
const NAMED = 8u;

// Squared distance of two points.
fn square(i: u32, j: u32) -> f32 {
  let a = i / PANEL * p.dim * PANEL + i % PANEL;
  let b = j / PANEL * p.dim * PANEL + j % PANEL;
  var sum = 0.0;
  for (var d = 0u; d < p.dim * PANEL; d += PANEL) {
    let v = y[a + d] - y[b + d];
    sum += v * v;
  }
  return sum;
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let item = (group.y * groups.x + group.x) * SIZE + lane;
  let i = p.first + item;
  if (item >= p.m || i >= p.n) {
    return;
  }
  for (var t = 0u; t < p.k; t += NAMED) {
    let some = min(NAMED, p.k - t);
    var named: array<u32, NAMED>;
    var limit: array<f32, NAMED>;
    var closer: array<u32, NAMED>;
    var far = -1.0;
    for (var q = 0u; q < some; q++) {
      named[q] = index[i * p.k + t + q];
      limit[q] = square(i, named[q]);
      closer[q] = 0u;
      far = max(far, limit[q]);
    }
    for (var l = 0u; l < p.n; l++) {
      let s = square(i, l);
      if (l == i || s > far) {
        continue;
      }
      for (var q = 0u; q < some; q++) {
        let before = s < limit[q] || (s == limit[q] && l < named[q]);
        closer[q] += select(0u, 1u, before && l != named[q]);
      }
    }
    for (var q = 0u; q < some; q++) {
      count[i * p.k + t + q] = closer[q];
    }
  }
}
