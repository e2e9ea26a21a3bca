// nearest_i = min(nearest_i, ||x_i - x_tip||^2) of the points outside the tree, parent_i where it falls;
// distance_b, slot_b = the smallest of block b and where it is.
struct Params {
  slots: u32,
  dim: u32,
}

@group(0) @binding(0) var<storage, read> point: array<f32>;
@group(0) @binding(1) var<storage, read> status: array<u32>;
@group(0) @binding(2) var<storage, read_write> nearest: array<f32>;
@group(0) @binding(3) var<storage, read_write> parent: array<u32>;
@group(0) @binding(4) var<storage, read_write> distance: array<f32>;
@group(0) @binding(5) var<storage, read_write> slot: array<u32>;
@group(0) @binding(6) var<uniform> p: Params;

const SIZE = 64u;
const BLOCK = 256u;
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

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let block = group.y * groups.x + group.x;
  let tip = status[TIP];
  let count = select(0u, min(status[SLOTS], p.slots), status[LEFT] > 0u);
  let begin = block * BLOCK;
  let end = min(begin + BLOCK, count);

  var low = FAR;
  var at = NONE;
  for (var i = begin + lane; i < end; i += SIZE) {
    var d = nearest[i];
    if (d >= 0.0) {
      let square = between(i, tip);
      if (square < d) {
        d = square;
        nearest[i] = d;
        parent[i] = status[EDGES];
      }
      if (d < low) {
        low = d;
        at = i;
      }
    }
  }
  lows[lane] = low;
  places[lane] = at;
  workgroupBarrier();
  for (var step = SIZE / 2u; step > 0u; step /= 2u) {
    if (lane < step) {
      let d = lows[lane + step];
      let i = places[lane + step];
      if (d < lows[lane] || (d == lows[lane] && i < places[lane])) {
        lows[lane] = d;
        places[lane] = i;
      }
    }
    workgroupBarrier();
  }
  if (lane == 0u && begin < p.slots) {
    distance[block] = lows[0];
    slot[block] = places[0];
  }
}
