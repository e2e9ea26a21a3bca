// total[c, p] += sums of ||y_p - y_q|| over the points q of cluster c, for a strip of pairs: a point
// of the strip meets all from the strip on, a later one the strip. An invocation for each point.
struct Params {
  n: u32,
  dim: u32,
  segments: u32,
  count: u32,
  segment: u32,
}

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> begin: array<u32>;
@group(0) @binding(2) var<storage, read> cluster: array<u32>;
@group(0) @binding(3) var<storage, read_write> total: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

const SIZE = 64u;
const PANEL = 8u;

// Points that are added up before their sum joins that of the segment: keeps rounding small.
const CHUNK = 64u;

// Where the first number of a point lies; the others follow in steps of a panel.
fn place(i: u32) -> u32 {
  return i / PANEL * p.dim * PANEL + i % PANEL;
}

// Sum of the distances from a point to points `first` to `end - 1`.
fn distances(own: u32, first: u32, end: u32) -> f32 {
  var result = 0.0;
  for (var j = first; j < end; j += 4u) {
    let q = vec4u(j, j + 1u, j + 2u, j + 3u);
    let at = min(q, vec4u(end - 1u));
    let row = vec4u(place(at.x), place(at.y), place(at.z), place(at.w));
    var sum = vec4f();
    for (var d = 0u; d < p.dim * PANEL; d += PANEL) {
      let t = row + d;
      let v = y[own + d] - vec4f(y[t.x], y[t.y], y[t.z], y[t.w]);
      sum += v * v;
    }
    let wanted = select(vec4f(0.0), sqrt(sum), q < vec4u(end));
    result += (wanted.x + wanted.y) + (wanted.z + wanted.w);
  }
  return result;
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * SIZE + lane;
  let first = begin[p.segment];
  let stop = min(first + p.count, p.n);
  if (i < first || i >= p.n) {
    return;
  }
  let own = place(i);
  let width = (p.n + PANEL - 1u) / PANEL * PANEL;
  let limit = select(stop, p.n, i < stop);
  for (var s = p.segment; s < p.segments && begin[s] < limit; s++) {
    let end = begin[s + 1u];
    var sum = 0.0;
    for (var j = begin[s]; j < end; j += CHUNK) {
      sum += distances(own, j, min(j + CHUNK, end));
    }
    total[cluster[s] * width + i] += sum;
  }
}
