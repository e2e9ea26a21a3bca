// If no cluster is empty: c_j = m_j or m_j / ||m_j||, m_j = x_0 + (sum of sums) / (sum of masses).
struct Params {
  dim: u32,
  k: u32,
  blocks: u32,
  unit: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> sums: array<f32>;
@group(0) @binding(2) var<storage, read> masses: array<f32>;
@group(0) @binding(3) var<storage, read> counts: array<u32>;
@group(0) @binding(4) var<storage, read> status: array<f32>;
@group(0) @binding(5) var<storage, read_write> centres: array<f32>;
@group(0) @binding(6) var<storage, read_write> shift: array<f32>;
@group(0) @binding(7) var<storage, read_write> size: array<u32>;
@group(0) @binding(8) var<uniform> p: Params;

const SIZE = 64u;
// Squared length of a mean of points of length 1 below which it points nowhere.
const NOWHERE = 1e-12;

var<workgroup> partial: array<f32, SIZE>;

fn size_of(j: u32) -> u32 {
  var count = 0u;
  for (var b = 0u; b < p.blocks; b++) {
    count += counts[b * p.k + j];
  }
  return count;
}

// Sum over the lanes, for all of them.
fn total(lane: u32, mine: f32) -> f32 {
  partial[lane] = mine;
  for (var half = SIZE / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      partial[lane] += partial[lane + half];
    }
  }
  workgroupBarrier();
  let sum = partial[0];
  workgroupBarrier();
  return sum;
}

// Coordinate d of the mean of cluster j, of that mass.
fn mean_of(j: u32, d: u32, mass: f32) -> f32 {
  let stride = (p.dim + 3u) & ~3u;
  var sum = 0.0;
  for (var b = 0u; b < p.blocks; b++) {
    sum += sums[(b * p.k + j) * stride + d];
  }
  return x[d] + sum / mass;
}

// A workgroup moves one centre.
@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let j = group.y * groups.x + group.x;
  if (j >= p.k || status[0] != 0.0) {
    return;
  }
  // Every workgroup looks at all sizes; lanes share the clusters.
  var empty = 0.0;
  for (var c = lane; c < p.k; c += SIZE) {
    empty += select(0.0, 1.0, size_of(c) == 0u);
  }
  var moves = total(lane, empty) == 0.0;
  var mass = 0.0;
  for (var b = lane; b < p.blocks; b += SIZE) {
    mass += masses[b * p.k + j];
  }
  mass = total(lane, mass);
  var length = 1.0;
  if (p.unit != 0u) {
    var mine = 0.0;
    for (var d = lane; moves && d < p.dim; d += SIZE) {
      let m = mean_of(j, d, mass);
      mine += m * m;
    }
    let square = total(lane, mine);
    moves = moves && square > NOWHERE;
    length = sqrt(max(square, NOWHERE));
  }
  var shifted = 0.0;
  for (var d = lane; moves && d < p.dim; d += SIZE) {
    let at = j * p.dim + d;
    let moved = mean_of(j, d, mass) / length;
    let step = moved - centres[at];
    centres[at] = moved;
    shifted += step * step;
  }
  shifted = total(lane, shifted);
  if (lane == 0u) {
    shift[j] = shifted;
    size[j] = size_of(j);
  }
}
