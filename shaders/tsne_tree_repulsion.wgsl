// force_i = sum_c N_c w_ic^2 (y_i - mean_c), mass_i = sum_c N_c w_ic with w = 1 / (1 + ||y_i - mean_c||^2)
// over nodes c of N_c points that are small from afar, and over the points of others. An invocation for
// each point.
struct Params {
  n: u32,
  nodes: u32,
  theta2: f32,
}

@group(0) @binding(0) var<storage, read> points: array<f32>;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> centre: array<vec4f>;
@group(0) @binding(3) var<storage, read> box: array<vec4f>;
@group(0) @binding(4) var<storage, read> side: array<f32>;
@group(0) @binding(5) var<storage, read> link: array<u32>;
@group(0) @binding(6) var<storage, read_write> force: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> mass: array<f32>;
@group(0) @binding(8) var<uniform> p: Params;

const SIZE = 64u;
const LEAF = 8u;
const NO_NODE = 0xffffffffu;

fn point(leaf: u32, t: u32) -> vec3f {
  let at = leaf * 3u * LEAF + t;
  return vec3f(points[at], points[at + LEAF], points[at + 2u * LEAF]);
}

// Square of the distance of a node's mean from the box of a leaf.
fn distance2(leaf: u32, node: u32) -> f32 {
  let mean = centre[node].xyz;
  let away = max(box[2u * leaf].xyz - mean, mean - box[2u * leaf + 1u].xyz);
  let d = max(away, vec3f());
  return dot(d, d);
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * SIZE + lane;
  if (i >= p.n) {
    return;
  }
  let leaf = i / LEAF;
  let here = point(leaf, i % LEAF);
  var f = vec3f();
  var s = 0.0;
  var node = p.nodes - 1u;
  while (node != NO_NODE) {
    if (side[node] < p.theta2 * distance2(leaf, node)) {
      let d = here - centre[node].xyz;
      let w = 1.0 / (1.0 + dot(d, d));
      s += centre[node].w * w;
      f += centre[node].w * w * w * d;
    } else if (link[2u * node] == NO_NODE) {
      for (var t = 0u; t < min(LEAF, p.n - node * LEAF); t++) {
        let d = here - point(node, t);
        let w = select(1.0 / (1.0 + dot(d, d)), 0.0, node * LEAF + t == i);
        s += w;
        f += w * w * d;
      }
    } else {
      node = link[2u * node];
      continue;
    }
    node = link[2u * node + 1u];
  }
  force[order[i]] = vec4f(f, 0.0);
  mass[order[i]] = s;
}
