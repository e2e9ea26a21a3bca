// The point with the smallest distance of all blocks joins the tree: edges[2 e], edges[2 e + 1] = its slot,
// its parent; nearest = -1.
struct Params {
  blocks: u32,
}

@group(0) @binding(0) var<storage, read> distance: array<f32>;
@group(0) @binding(1) var<storage, read> slot: array<u32>;
@group(0) @binding(2) var<storage, read> parent: array<u32>;
@group(0) @binding(3) var<storage, read_write> nearest: array<f32>;
@group(0) @binding(4) var<storage, read_write> edges: array<u32>;
@group(0) @binding(5) var<storage, read_write> status: array<u32>;
@group(0) @binding(6) var<uniform> p: Params;

const SIZE = 64u;
const NONE = 0xffffffffu;

const LEFT = 0u;
const EDGES = 1u;
const TIP = 2u;

var<workgroup> lows: array<f32, SIZE>;
var<workgroup> places: array<u32, SIZE>;

@compute @workgroup_size(SIZE)
fn main(@builtin(local_invocation_index) lane: u32) {
  var low = distance[0];
  var at = slot[0];
  for (var i = lane; i < p.blocks; i += SIZE) {
    if (distance[i] < low || (distance[i] == low && slot[i] < at)) {
      low = distance[i];
      at = slot[i];
    }
  }
  lows[lane] = low;
  places[lane] = at;
  workgroupBarrier();
  if (lane > 0u || status[LEFT] == 0u) {
    return;
  }
  for (var i = 0u; i < SIZE; i++) {
    if (lows[i] < low || (lows[i] == low && places[i] < at)) {
      low = lows[i];
      at = places[i];
    }
  }
  if (at == NONE) {
    return;
  }
  let e = status[EDGES];
  edges[2u * e] = at;
  edges[2u * e + 1u] = parent[at];
  nearest[at] = -1.0;
  status[EDGES] = e + 1u;
  status[LEFT] -= 1u;
  status[TIP] = at;
}
