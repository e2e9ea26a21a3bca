// label_i = arg min_j ||x_i - c_j||^2; by block of rows: sums of x_i - x_0, counts, changed labels.
struct Params {
  n: u32,
  dim: u32,
  k: u32,
  rows: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> centres: array<f32>;
@group(0) @binding(2) var<storage, read> status: array<f32>;
@group(0) @binding(3) var<storage, read_write> label: array<u32>;
@group(0) @binding(4) var<storage, read_write> bound: array<f32>;
@group(0) @binding(5) var<storage, read_write> sums: array<f32>;
@group(0) @binding(6) var<storage, read_write> counts: array<u32>;
@group(0) @binding(7) var<storage, read_write> changed: array<u32>;
@group(0) @binding(8) var<uniform> p: Params;

const SIZE = 64u;
const NONE = 0xffffffffu;

// Of 64 rows: labels before and after; the lanes whose label changed, in order.
var<workgroup> before: array<u32, SIZE>;
var<workgroup> after: array<u32, SIZE>;
var<workgroup> moved: array<u32, SIZE>;

struct Nearest {
  label: u32,
  margin: f32,
}

fn nearest(row: u32) -> Nearest {
  var best = 0u;
  var first = 0.0;
  var second = 1e30;
  let point = row * p.dim;
  for (var j = 0u; j < p.k; j += 4u) {
    let at = min(vec4u(j, j + 1u, j + 2u, j + 3u), vec4u(p.k - 1u)) * p.dim;
    var sum = vec4f();
    for (var d = 0u; d < p.dim; d++) {
      let c = at + d;
      let v = x[point + d] - vec4f(centres[c.x], centres[c.y], centres[c.z], centres[c.w]);
      sum += v * v;
    }
    for (var q = 0u; q < min(4u, p.k - j); q++) {
      if (j + q == 0u) {
        first = sum[q];
      } else if (sum[q] < first) {
        best = j + q;
        second = first;
        first = sum[q];
      } else {
        second = min(second, sum[q]);
      }
    }
  }
  // What rounding can do to a squared distance.
  let error = f32(p.dim + 4u) * 1.2e-7 * second + 1e-30;
  let gap = second - first - 4.0 * error;
  return Nearest(best, gap / (sqrt(first + error) + sqrt(second + error)));
}

fn square_of(row: u32) -> f32 {
  var sum = 0.0;
  for (var d = 0u; d < p.dim; d++) {
    let v = x[row * p.dim + d] - x[d];
    sum += v * v;
  }
  return sum;
}

// A lane owns every 64th column, here and when moving: no barrier between is needed.
fn clear(block: u32, stride: u32, lane: u32) {
  for (var j = 0u; j < p.k; j++) {
    for (var d = lane; d < stride; d += SIZE) {
      sums[(block * p.k + j) * stride + d] = 0.0;
    }
  }
  if (lane == 0u) {
    for (var j = 0u; j < p.k; j++) {
      counts[block * p.k + j] = 0u;
    }
  }
}

// Takes the changed rows from the sums of one cluster to those of another.
fn move_rows(block: u32, stride: u32, lane: u32, base: u32, count: u32) {
  for (var d = lane; d < p.dim; d += SIZE) {
    for (var s = 0u; s < count; s++) {
      let i = moved[s];
      let v = x[(base + i) * p.dim + d] - x[d];
      sums[(block * p.k + after[i]) * stride + d] += v;
      if (before[i] != NONE) {
        sums[(block * p.k + before[i]) * stride + d] -= v;
      }
    }
  }
  if (lane == 0u) {
    for (var s = 0u; s < count; s++) {
      let i = moved[s];
      counts[block * p.k + after[i]] += 1u;
      if (before[i] != NONE) {
        counts[block * p.k + before[i]] -= 1u;
      }
    }
  }
}

// A workgroup computes a block of rows, 64 at a time.
@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let block = group.y * groups.x + group.x;
  let begin = block * p.rows;
  if (begin >= p.n || status[0] != 0.0) {
    return;
  }
  let end = min(begin + p.rows, p.n);
  let stride = (p.dim + 3u) & ~3u;
  let fresh = status[1] == 0.0;
  if (fresh) {
    clear(block, stride, lane);
  }
  var total = 0u;
  for (var base = begin; base < end; base += SIZE) {
    let row = base + lane;
    var old = NONE;
    var new_label = NONE;
    if (row < end) {
      if (fresh) {
        bound[p.n + row] = square_of(row);
      } else {
        old = label[row];
      }
      new_label = old;
      // A bound that is NaN does not hold.
      if (fresh || !(status[2u + old] < bound[row])) {
        let found = nearest(row);
        new_label = found.label;
        label[row] = new_label;
        let sum = status[2u + new_label] + found.margin;
        bound[row] = sum - sum * 1.2e-7;
      }
    }
    before[lane] = old;
    after[lane] = new_label;
    workgroupBarrier();
    // Every lane counts, so that all know how many there are.
    var rank = 0u;
    var count = 0u;
    for (var s = 0u; s < SIZE; s++) {
      if (before[s] != after[s]) {
        rank += select(0u, 1u, s < lane);
        count++;
      }
    }
    if (old != new_label) {
      moved[rank] = lane;
    }
    workgroupBarrier();
    move_rows(block, stride, lane, base, count);
    total += count;
    workgroupBarrier();
  }
  if (lane == 0u) {
    changed[block] = total;
  }
}
