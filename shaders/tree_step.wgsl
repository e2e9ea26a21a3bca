// The point with the smallest distance of all blocks joins the tree: edges[2 e], edges[2 e + 1] = its slot,
// its parent; nearest = -1.
struct Params {
  slots: u32,
  dim: u32,
  blocks: u32,
  more: u32,
}

@group(0) @binding(0) var<storage, read> distance: array<f32>;
@group(0) @binding(1) var<storage, read> slot: array<u32>;
@group(0) @binding(2) var<storage, read> point: array<f32>;
@group(0) @binding(3) var<storage, read_write> nearest: array<f32>;
@group(0) @binding(4) var<storage, read_write> parent: array<u32>;
@group(0) @binding(5) var<storage, read_write> edges: array<u32>;
@group(0) @binding(6) var<storage, read_write> status: array<u32>;
@group(0) @binding(7) var<uniform> p: Params;

const SIZE = 64u;
const PANEL = 8u;
const NONE = 0xffffffffu;
const FAR = 3.4028234663852886e38;

const LEFT = 0u;
const EDGES = 1u;
const TIP = 2u;
const SLOTS = 3u;

var<workgroup> lows: array<f32, SIZE>;
var<workgroup> places: array<u32, SIZE>;

fn between(a: u32, b: u32) -> f32 {
  let from_a = (a / PANEL) * p.dim * PANEL + a % PANEL;
  let from_b = (b / PANEL) * p.dim * PANEL + b % PANEL;
  var square = 0.0;
  for (var d = 0u; d < p.dim; d++) {
    let v = point[from_a + d * PANEL] - point[from_b + d * PANEL];
    square += v * v;
  }
  return square;
}

// The nearest of what the lanes have found joins the tree. Barriers come before and after.
fn take(lane: u32, mine: f32, place: u32) {
  lows[lane] = mine;
  places[lane] = place;
  workgroupBarrier();
  storageBarrier();
  if (lane == 0u && status[LEFT] > 0u) {
    var low = mine;
    var at = place;
    for (var i = 1u; i < SIZE; i++) {
      if (lows[i] < low || (lows[i] == low && places[i] < at)) {
        low = lows[i];
        at = places[i];
      }
    }
    if (at != NONE) {
      let e = status[EDGES];
      edges[2u * e] = at;
      edges[2u * e + 1u] = parent[at];
      nearest[at] = -1.0;
      status[EDGES] = e + 1u;
      status[LEFT] -= 1u;
      status[TIP] = at;
    }
  }
  workgroupBarrier();
  storageBarrier();
}

@compute @workgroup_size(SIZE)
fn main(@builtin(local_invocation_index) lane: u32) {
  var low = FAR;
  var at = NONE;
  for (var i = lane; i < p.blocks; i += SIZE) {
    if (distance[i] < low || (distance[i] == low && slot[i] < at)) {
      low = distance[i];
      at = slot[i];
    }
  }
  take(lane, low, at);
  for (var step = 0u; step < p.more; step++) {
    let tip = status[TIP];
    let edge = status[EDGES];
    let count = select(0u, min(status[SLOTS], p.slots), status[LEFT] > 0u);
    low = FAR;
    at = NONE;
    for (var i = lane; i < count; i += SIZE) {
      var d = nearest[i];
      if (d >= 0.0) {
        let square = between(i, tip);
        if (square < d) {
          d = square;
          nearest[i] = d;
          parent[i] = edge;
        }
        if (d < low) {
          low = d;
          at = i;
        }
      }
    }
    take(lane, low, at);
  }
}
