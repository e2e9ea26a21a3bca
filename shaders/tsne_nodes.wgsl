// Node first + i holds nodes child + 4 i to child + 4 i + 3: their mean weighted by their points, the
// number of these, the common box, and the square of its longest side. An invocation for each node.
struct Params {
  first: u32,
  count: u32,
  child: u32,
  children: u32,
}

@group(0) @binding(0) var<storage, read_write> centre: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> box: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> side: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

const SIZE = 64u;
const FANOUT = 4u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * SIZE + lane;
  if (i >= p.count) {
    return;
  }
  let begin = p.child + i * FANOUT;
  let end = min(begin + FANOUT, p.child + p.children);
  var low = box[2u * begin];
  var high = box[2u * begin + 1u];
  var sum = vec3f();
  var mass = 0.0;
  for (var c = begin; c < end; c++) {
    low = min(low, box[2u * c]);
    high = max(high, box[2u * c + 1u]);
    sum += centre[c].w * centre[c].xyz;
    mass += centre[c].w;
  }
  let size = high - low;
  let longest = max(size.x, max(size.y, size.z));
  let node = p.first + i;
  centre[node] = vec4f(sum / mass, mass);
  box[2u * node] = low;
  box[2u * node + 1u] = high;
  side[node] = longest * longest;
}
