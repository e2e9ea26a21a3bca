// s_i = (b_i - a_i) / max(a_i, b_i): mean distances to the own and to the nearest other cluster.
struct Params {
  m: u32,
  dim: u32,
  k: u32,
  first: u32,
  count: u32,
}

@group(0) @binding(0) var<storage, read> points: array<f32>;
@group(0) @binding(1) var<storage, read> queries: array<f32>;
@group(0) @binding(2) var<storage, read> label: array<u32>;
@group(0) @binding(3) var<storage, read> start: array<u32>;
@group(0) @binding(4) var<storage, read_write> s: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

const SIZE = 64u;

// Points that are added up before their sum joins that of the cluster: keeps rounding small.
const CHUNK = 64u;

const PANEL = 8u;

// Where the first number of a row lies; the others follow in steps of a panel.
fn place(i: u32) -> u32 {
  return i / PANEL * p.dim * PANEL + i % PANEL;
}

// Sum of the distances from the query at `own` to points `begin` to `end - 1`.
fn distances(own: u32, begin: u32, end: u32) -> f32 {
  var total = 0.0;
  for (var j = begin; j < end; j += 4u) {
    let q = vec4u(j, j + 1u, j + 2u, j + 3u);
    let at = min(q, vec4u(end - 1u));
    let row = vec4u(place(at.x), place(at.y), place(at.z), place(at.w));
    var sum = vec4f();
    for (var d = 0u; d < p.dim * PANEL; d += PANEL) {
      let t = row + d;
      let v = queries[own + d] - vec4f(points[t.x], points[t.y], points[t.z], points[t.w]);
      sum += v * v;
    }
    let wanted = select(vec4f(0.0), sqrt(sum), q < vec4u(end));
    total += (wanted.x + wanted.y) + (wanted.z + wanted.w);
  }
  return total;
}

// An invocation for each query.
@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let item = (group.y * groups.x + group.x) * SIZE + lane;
  let i = p.first + item;
  if (item >= p.count || i >= p.m) {
    return;
  }
  let own = place(i);
  var a = 0.0;
  var b = 0.0;
  var found = false;
  for (var c = 0u; c < p.k; c++) {
    let begin = start[c];
    let end = start[c + 1u];
    var total = 0.0;
    for (var j = begin; j < end; j += CHUNK) {
      total += distances(own, j, min(j + CHUNK, end));
    }
    if (c == label[i]) {
      a = total / f32(max(end - begin, 2u) - 1u);
    } else {
      let mean = total / f32(end - begin);
      if (!found || mean < b) {
        b = mean;
      }
      found = true;
    }
  }
  let single = start[label[i] + 1u] - start[label[i]] == 1u;
  let larger = max(a, b);
  var value = 0.0;
  if (!single && larger != 0.0) {
    value = (b - a) / larger;
  }
  s[i] = value;
}
