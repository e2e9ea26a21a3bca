// Merges s_ij = row_i + column_j + scale d_ij, d m x w or, transposed, w x m, into the k smallest of
// each row, sorted: best_distance and best_index, rows x k, from row `first` on. Column j is point
// base + j; left out are own_i, points from n on, and NaN. An invocation for each row.
struct Params {
  m: u32,
  w: u32,
  k: u32,
  n: u32,
  base: u32,
  rows: u32,
  first: u32,
  transposed: u32,
  scale: f32,
}

@group(0) @binding(0) var<storage, read> d: array<f32>;
@group(0) @binding(1) var<storage, read> row: array<f32>;
@group(0) @binding(2) var<storage, read> column: array<f32>;
@group(0) @binding(3) var<storage, read> own: array<u32>;
@group(0) @binding(4) var<storage, read_write> best_distance: array<f32>;
@group(0) @binding(5) var<storage, read_write> best_index: array<u32>;
@group(0) @binding(6) var<uniform> p: Params;

const SIZE = 64u;
const SIGN = 0x80000000u;
const INFINITY = 0x7f800000u;

// Integer in the order of the numbers, infinities included; -0 is 0.
fn key(value: f32) -> u32 {
  let bits = bitcast<u32>(value);
  if (bits == SIGN) {
    return SIGN;
  }
  return select(bits | SIGN, ~bits, (bits & SIGN) != 0u);
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * SIZE + lane;
  if (i >= p.m || p.first + i >= p.rows || p.base >= p.n) {
    return;
  }
  let step = select(vec2u(p.w, 1u), vec2u(1u, p.m), p.transposed != 0u);
  let first = (p.first + i) * p.k;
  let last = first + p.k - 1u;
  let excluded = own[p.first + i];
  let mine = row[i];
  var worst = key(best_distance[last]);
  for (var j = 0u; j < min(p.w, p.n - p.base); j++) {
    let s = mine + column[j] + p.scale * d[i * step.x + j * step.y];
    let size = key(s);
    let index = p.base + j;
    if (size > worst || (bitcast<u32>(s) & ~SIGN) > INFINITY || index == excluded) {
      continue;
    }
    if (size == worst && index > best_index[last]) {
      continue;
    }
    var at = last;
    while (at > first) {
      let before = key(best_distance[at - 1u]);
      if (before < size || (before == size && best_index[at - 1u] < index)) {
        break;
      }
      best_distance[at] = best_distance[at - 1u];
      best_index[at] = best_index[at - 1u];
      at--;
    }
    best_distance[at] = s;
    best_index[at] = index;
    worst = key(best_distance[last]);
  }
}
