// The tip's nearest cluster goes on the chain, or is merged with the tip if it is the one before it:
// s = s_a + s_b, c = c_b + s_a / s (c_a - c_b), v = (s_a v_a + s_b v_b) / s + s_a s_b / s^2 ||c_a - c_b||^2.
struct Params {
  slots: u32,
  dim: u32,
  blocks: u32,
  linkage: u32,
  more: u32,
}

@group(0) @binding(0) var<storage, read> distance: array<f32>;
@group(0) @binding(1) var<storage, read> slot: array<u32>;
@group(0) @binding(2) var<storage, read_write> centre: array<f32>;
@group(0) @binding(3) var<storage, read_write> cluster: array<f32>;
@group(0) @binding(4) var<storage, read_write> chain: array<u32>;
@group(0) @binding(5) var<storage, read_write> merges: array<u32>;
@group(0) @binding(6) var<storage, read_write> status: array<u32>;
@group(0) @binding(7) var<uniform> p: Params;

const SIZE = 64u;
const PART = 8u;
const PANEL = 8u;
const NONE = 0xffffffffu;

const LEFT = 0u;
const LENGTH = 1u;
const MERGES = 2u;
const FIRST = 3u;
const TIP = 4u;
const BEFORE = 5u;
const SLOTS = 6u;

const FAR = 3.4028234663852886e38;

var<workgroup> lows: array<f32, SIZE>;
var<workgroup> places: array<u32, SIZE>;
var<workgroup> part_lows: array<f32, PART>;
var<workgroup> part_places: array<u32, PART>;
var<workgroup> squares: array<f32, SIZE>;

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

// Moves the centre in slot b to the mean of both clusters, and sums ||c_a - c_b||^2 up in squares.
fn merge_centres(a: u32, b: u32, lane: u32) {
  let share = cluster[a] / (cluster[a] + cluster[b]);
  let from_a = (a / PANEL) * p.dim * PANEL + a % PANEL;
  let from_b = (b / PANEL) * p.dim * PANEL + b % PANEL;
  var square = 0.0;
  for (var d = lane; d < p.dim; d += SIZE) {
    let v = centre[from_a + d * PANEL] - centre[from_b + d * PANEL];
    square += v * v;
    centre[from_b + d * PANEL] += share * v;
  }
  squares[lane] = square;
}

fn merge_clusters(a: u32, b: u32) {
  var square = 0.0;
  for (var i = 0u; i < SIZE; i++) {
    square += squares[i];
  }
  let size_a = cluster[a];
  let size_b = cluster[b];
  let size = size_a + size_b;
  let share_a = size_a / size;
  let share_b = size_b / size;
  let spread = share_a * cluster[p.slots + a] + share_b * cluster[p.slots + b];
  cluster[p.slots + b] = spread + share_a * share_b * square;
  cluster[b] = size;
  cluster[a] = 0.0;
  cluster[p.slots + a] = 0.0;
  let m = status[MERGES];
  merges[2u * m] = a;
  merges[2u * m + 1u] = b;
  status[MERGES] = m + 1u;
  status[LEFT] -= 1u;
}

// The end of the chain, which starts anew if it is empty and there is more than one cluster.
fn set_ends(count: u32) {
  var length = count;
  if (length == 0u && status[LEFT] > 1u) {
    var first = status[FIRST];
    while (cluster[first] == 0.0) {
      first++;
    }
    status[FIRST] = first;
    chain[0] = first;
    length = 1u;
  }
  status[LENGTH] = length;
  if (length > 0u) {
    status[TIP] = chain[length - 1u];
  }
  var before = NONE;
  if (length > 1u) {
    before = chain[length - 2u];
  }
  status[BEFORE] = before;
}

// A step, given what each lane has found. All lanes take part; barriers come before and after.
fn take(lane: u32, mine: f32, place: u32) {
  let tip = status[TIP];
  let before = status[BEFORE];
  let length = status[LENGTH];
  let more = status[LEFT] > 1u;
  lows[lane] = mine;
  places[lane] = place;
  workgroupBarrier();
  // By parts of eight and then the eight parts: few barriers, few turns.
  var low = mine;
  var at = place;
  if (lane < SIZE / PART) {
    low = lows[lane * PART];
    at = places[lane * PART];
    for (var i = lane * PART + 1u; i < lane * PART + PART; i++) {
      if (sooner(lows[i], places[i], low, at, before)) {
        low = lows[i];
        at = places[i];
      }
    }
    part_lows[lane] = low;
    part_places[lane] = at;
  }
  workgroupBarrier();
  for (var i = 0u; i < SIZE / PART; i++) {
    if (sooner(part_lows[i], part_places[i], low, at, before)) {
      low = part_lows[i];
      at = part_places[i];
    }
  }
  let merging = more && length > 1u && at == before;
  let a = min(tip, before);
  let b = max(tip, at);
  if (merging) {
    merge_centres(a, b, lane);
  }
  // Also of what each lane has read of the sizes and the status, which lane 0 changes.
  workgroupBarrier();
  storageBarrier();
  if (lane == 0u && more) {
    if (merging) {
      merge_clusters(a, b);
      set_ends(length - 2u);
    } else if (at != NONE) {
      chain[length] = at;
      set_ends(length + 1u);
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
    if (sooner(distance[i], slot[i], low, at, status[BEFORE])) {
      low = distance[i];
      at = slot[i];
    }
  }
  take(lane, low, at);
  for (var step = 0u; step < p.more; step++) {
    let tip = status[TIP];
    let before = status[BEFORE];
    let count = select(0u, min(status[SLOTS], p.slots), status[LEFT] > 1u);
    low = FAR;
    at = NONE;
    for (var i = lane; i < count; i += SIZE) {
      if (i != tip && cluster[i] > 0.0) {
        let d = between(tip, i);
        if (sooner(d, i, low, at, before)) {
          low = d;
          at = i;
        }
      }
    }
    take(lane, low, at);
  }
}
