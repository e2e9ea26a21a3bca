// label_i = the least j with the smallest ||z_i - mu_j||^2, distance_i = that square. A workgroup
// takes 8 rows, 8 invocations to a row.
struct Params {
  m: u32,
  k: u32,
  dim: u32,
}

@group(0) @binding(0) var<storage, read> z: array<f32>;
@group(0) @binding(1) var<storage, read> mu: array<f32>;
@group(0) @binding(2) var<storage, read_write> label: array<u32>;
@group(0) @binding(3) var<storage, read_write> distance: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

const SIZE = 64u;
const SHARE = 8u;
const NAN = 0x7fc00000u;

var<workgroup> keys: array<u32, SIZE>;
var<workgroup> places: array<u32, SIZE>;

fn square(i: u32, j: u32) -> f32 {
  var sum = 0.0;
  for (var t = 0u; t < p.dim; t++) {
    let v = z[i * p.dim + t] - mu[j * p.dim + t];
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
  let row = (group.y * groups.x + group.x) * (SIZE / SHARE) + lane / SHARE;
  let first = lane & ~(SHARE - 1u);
  let columns = select(0u, p.k, row < p.m);
  // Bits of numbers that are not negative are in the order of the numbers; NaN, always the same,
  // comes last.
  var best = 0xffffffffu;
  var at = 0u;
  for (var j = lane % SHARE; j < columns; j += SHARE) {
    let key = min(bitcast<u32>(square(row, j)) & 0x7fffffffu, NAN);
    if (key < best) {
      best = key;
      at = j;
    }
  }
  keys[lane] = best;
  places[lane] = at;
  workgroupBarrier();
  if (lane != first || row >= p.m) {
    return;
  }
  for (var i = first + 1u; i < first + SHARE; i++) {
    if (keys[i] < best || (keys[i] == best && places[i] < at)) {
      best = keys[i];
      at = places[i];
    }
  }
  label[row] = at;
  distance[row] = bitcast<f32>(best);
}
