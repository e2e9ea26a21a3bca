// sum_s = (sum v, sum ||v||, sum ||v||^2) over the points of segment s, v = (x - centre) - shift. A
// workgroup for each segment: first its invocations share the points, for the lengths, then the
// dimensions.
struct Params {
  segments: u32,
  dim: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> begin: array<u32>;
@group(0) @binding(3) var<storage, read> cluster: array<u32>;
@group(0) @binding(4) var<storage, read> centre: array<f32>;
@group(0) @binding(5) var<storage, read> shift: array<f32>;
@group(0) @binding(6) var<storage, read_write> sum: array<f32>;
@group(0) @binding(7) var<uniform> p: Params;

const SIZE = 64u;

// Points whose sum joins that of the segment: keeps rounding small.
const CHUNK = 16u;

var<workgroup> lengths: array<f32, SIZE>;
var<workgroup> squares: array<f32, SIZE>;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let s = group.y * groups.x + group.x;
  let inside = s < p.segments;
  var first = 0u;
  var end = 0u;
  var c = 0u;
  if (inside) {
    first = begin[s];
    end = begin[s + 1u];
    c = cluster[s] * p.dim;
  }
  var length = 0.0;
  var square = 0.0;
  for (var i = first + lane; i < end; i += SIZE) {
    let row = order[i] * p.dim;
    var total = 0.0;
    for (var d = 0u; d < p.dim; d++) {
      let v = (x[row + d] - centre[c + d]) - shift[c + d];
      total += v * v;
    }
    length += sqrt(total);
    square += total;
  }
  lengths[lane] = length;
  squares[lane] = square;
  for (var half = SIZE / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      lengths[lane] += lengths[lane + half];
      squares[lane] += squares[lane + half];
    }
  }
  if (!inside) {
    return;
  }
  let to = s * (p.dim + 2u);
  if (lane == 0u) {
    sum[to + p.dim] = lengths[0];
    sum[to + p.dim + 1u] = squares[0];
  }
  for (var d = lane; d < p.dim; d += SIZE) {
    let middle = centre[c + d];
    let rest = shift[c + d];
    var total = 0.0;
    for (var i = first; i < end; i += CHUNK) {
      var part = 0.0;
      for (var j = i; j < min(i + CHUNK, end); j++) {
        part += (x[order[j] * p.dim + d] - middle) - rest;
      }
      total += part;
    }
    sum[to + d] = total;
  }
}
