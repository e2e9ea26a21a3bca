// label_i = arg min_j ||x_i - c_j||^2; by block of rows: sums of x_i - c_label, counts, inertia, changes.
struct Params {
  n: u32,
  dim: u32,
  k: u32,
  rows: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> centres: array<f32>;
@group(0) @binding(2) var<storage, read> status: array<u32>;
@group(0) @binding(3) var<storage, read_write> label: array<u32>;
@group(0) @binding(4) var<storage, read_write> distance: array<f32>;
@group(0) @binding(5) var<storage, read_write> sums: array<f32>;
@group(0) @binding(6) var<storage, read_write> counts: array<u32>;
@group(0) @binding(7) var<storage, read_write> totals: array<f32>;
@group(0) @binding(8) var<uniform> p: Params;

const SIZE = 64u;

// Labels of 64 rows; the rows by ascending label; what the lanes add up.
var<workgroup> chunk: array<u32, SIZE>;
var<workgroup> sorted_label: array<u32, SIZE>;
var<workgroup> sorted_row: array<u32, SIZE>;
var<workgroup> partial: array<vec2f, SIZE>;

struct Nearest {
  label: u32,
  distance: f32,
}

fn nearest(row: u32) -> Nearest {
  var best = Nearest(0u, 0.0);
  for (var j = 0u; j < p.k; j += 4u) {
    let at = min(vec4u(j, j + 1u, j + 2u, j + 3u), vec4u(p.k - 1u)) * p.dim;
    var sum = vec4f();
    for (var d = 0u; d < p.dim; d++) {
      let c = at + d;
      let v = x[row * p.dim + d] - vec4f(centres[c.x], centres[c.y], centres[c.z], centres[c.w]);
      sum += v * v;
    }
    for (var q = 0u; q < 4u; q++) {
      if (j + q == 0u || sum[q] < best.distance) {
        best = Nearest(min(j + q, p.k - 1u), sum[q]);
      }
    }
  }
  return best;
}

// A lane owns every 64th column, here and when adding: no barrier between is needed.
fn clear(block: u32, stride: u32, lane: u32) {
  for (var j = 0u; j < p.k; j++) {
    for (var d = lane; d < stride; d += SIZE) {
      sums[(block * p.k + j) * stride + d] = 0.0;
    }
  }
  for (var j = lane; j < p.k; j += SIZE) {
    counts[block * p.k + j] = 0u;
  }
}

// Adds the sorted rows to the sums, one write per run of equal labels.
fn add_rows(block: u32, stride: u32, lane: u32, count: u32) {
  for (var d = lane; d < p.dim; d += SIZE) {
    var s = 0u;
    while (s < count) {
      let j = sorted_label[s];
      let c = centres[j * p.dim + d];
      var sum = 0.0;
      while (s < count && sorted_label[s] == j) {
        sum += x[sorted_row[s] * p.dim + d] - c;
        s++;
      }
      sums[(block * p.k + j) * stride + d] += sum;
    }
  }
  // The first lane of a run counts it.
  if (lane < count && (lane == 0u || sorted_label[lane - 1u] != sorted_label[lane])) {
    var s = lane;
    while (s < count && sorted_label[s] == sorted_label[lane]) {
      s++;
    }
    counts[block * p.k + sorted_label[lane]] += s - lane;
  }
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let block = group.y * groups.x + group.x;
  let begin = block * p.rows;
  if (begin >= p.n || status[0] != 0u) {
    return;
  }
  let end = min(begin + p.rows, p.n);
  let stride = (p.dim + 3u) & ~3u;
  clear(block, stride, lane);
  var mine = vec2f();
  for (var base = begin; base < end; base += SIZE) {
    let row = base + lane;
    let count = min(SIZE, end - base);
    var own = p.k;
    if (row < end) {
      let best = nearest(row);
      own = best.label;
      mine += vec2f(best.distance, select(0.0, 1.0, label[row] != own));
      label[row] = own;
      distance[row] = best.distance;
    }
    chunk[lane] = own;
    workgroupBarrier();
    var rank = 0u;
    for (var s = 0u; s < SIZE; s++) {
      rank += select(0u, 1u, chunk[s] < own || (chunk[s] == own && s < lane));
    }
    sorted_label[rank] = own;
    sorted_row[rank] = row;
    // The counts are cleared and added by different lanes.
    storageBarrier();
    workgroupBarrier();
    add_rows(block, stride, lane, count);
    storageBarrier();
    workgroupBarrier();
  }
  partial[lane] = mine;
  for (var half = SIZE / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      partial[lane] += partial[lane + half];
    }
  }
  if (lane == 0u) {
    totals[2u * block] = partial[0].x;
    totals[2u * block + 1u] = partial[0].y;
  }
}
