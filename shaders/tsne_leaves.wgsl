// Leaf l of a tree holds points order[8 l] to order[8 l + 7]: their coordinates, mean, number, box, and
// the square of its longest side. An invocation for each leaf.
struct Params {
  n: u32,
}

@group(0) @binding(0) var<storage, read> y: array<vec4f>;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read_write> points: array<f32>;
@group(0) @binding(3) var<storage, read_write> centre: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> box: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> side: array<f32>;
@group(0) @binding(6) var<uniform> p: Params;

const SIZE = 64u;
const LEAF = 8u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let leaf = (group.y * groups.x + group.x) * SIZE + lane;
  let first = leaf * LEAF;
  if (first >= p.n) {
    return;
  }
  let count = min(LEAF, p.n - first);
  var low = y[order[first]];
  var high = low;
  var sum = vec4f();
  for (var t = 0u; t < LEAF; t++) {
    let point = y[order[first + min(t, count - 1u)]];
    let at = leaf * 3u * LEAF + t;
    points[at] = point.x;
    points[at + LEAF] = point.y;
    points[at + 2u * LEAF] = point.z;
    if (t < count) {
      low = min(low, point);
      high = max(high, point);
      sum += point;
    }
  }
  let size = high - low;
  let longest = max(size.x, max(size.y, size.z));
  centre[leaf] = vec4f(sum.xyz / f32(count), f32(count));
  box[2u * leaf] = vec4f(low.xyz, 0.0);
  box[2u * leaf + 1u] = vec4f(high.xyz, 0.0);
  side[leaf] = longest * longest;
}
