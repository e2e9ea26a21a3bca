// distance_b, slot_b = smallest distance from cluster status[4] to another of block b, and where:
// 2 s_a s_b / (s_a + s_b) ||c_a - c_b||^2 (Ward), or ||c_a - c_b||^2 + v_a + v_b (average).
struct Params {
  slots: u32,
  dim: u32,
  linkage: u32,
}

@group(0) @binding(0) var<storage, read> centre: array<f32>;
@group(0) @binding(1) var<storage, read> cluster: array<f32>;
@group(0) @binding(2) var<storage, read> status: array<u32>;
@group(0) @binding(3) var<storage, read_write> distance: array<f32>;
@group(0) @binding(4) var<storage, read_write> slot: array<u32>;
@group(0) @binding(5) var<uniform> p: Params;

const SIZE = 64u;
const BLOCK = 256u;
const PANEL = 8u;
const NONE = 0xffffffffu;
const FAR = 3.4028234663852886e38;

const LEFT = 0u;
const TIP = 4u;
const BEFORE = 5u;
const SLOTS = 6u;

var<workgroup> lows: array<f32, SIZE>;
var<workgroup> places: array<u32, SIZE>;

fn between(a: u32, b: u32) -> f32 {
  let from_a = (a / PANEL) * p.dim * PANEL + a % PANEL;
  let from_b = (b / PANEL) * p.dim * PANEL + b % PANEL;
  var square = 0.0;
  for (var d = 0u; d < p.dim; d++) {
    let v = centre[from_a + d * PANEL] - centre[from_b + d * PANEL];
    square += v * v;
  }
  if (p.linkage == 0u) {
    let sizes = vec2f(cluster[a], cluster[b]);
    return 2.0 * (sizes.x * sizes.y) / (sizes.x + sizes.y) * square;
  }
  return square + (cluster[p.slots + a] + cluster[p.slots + b]);
}

// Whether (d, i) comes before (low, at).
fn sooner(d: f32, i: u32, low: f32, at: u32, before: u32) -> bool {
  return d < low || (d == low && (i == before || (at != before && i < at)));
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let block = group.y * groups.x + group.x;
  let tip = status[TIP];
  let before = status[BEFORE];
  // No clusters for the blocks past the end, nor when one cluster is left.
  let count = select(0u, min(status[SLOTS], p.slots), status[LEFT] > 1u);
  let begin = block * BLOCK;
  let end = min(begin + BLOCK, count);

  var low = FAR;
  var at = NONE;
  for (var i = begin + lane; i < end; i += SIZE) {
    if (i != tip && cluster[i] > 0.0) {
      let d = between(tip, i);
      if (sooner(d, i, low, at, before)) {
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
      let other = lane + step;
      if (sooner(lows[other], places[other], lows[lane], places[lane], before)) {
        lows[lane] = lows[other];
        places[lane] = places[other];
      }
    }
    workgroupBarrier();
  }
  if (lane == 0u && begin < p.slots) {
    distance[block] = lows[0];
    slot[block] = places[0];
  }
}
