// history[t] = changed labels, sum of shift; status = why to stop, number of iterations, travels.
struct Params {
  blocks: u32,
  k: u32,
  limit: u32,
  tolerance: f32,
}

@group(0) @binding(0) var<storage, read> changed: array<u32>;
@group(0) @binding(1) var<storage, read> shift: array<f32>;
@group(0) @binding(2) var<storage, read> size: array<u32>;
@group(0) @binding(3) var<storage, read_write> status: array<f32>;
@group(0) @binding(4) var<storage, read_write> history: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

const SIZE = 64u;

struct Total {
  changed: u32,
  empty: u32,
  shift: f32,
  longest: f32,
  second: f32,
}

var<workgroup> partial: array<Total, SIZE>;

fn plus(a: Total, b: Total) -> Total {
  return Total(
    a.changed + b.changed,
    a.empty + b.empty,
    a.shift + b.shift,
    max(a.longest, b.longest),
    max(min(a.longest, b.longest), max(a.second, b.second)),
  );
}

// The length of a step, too long rather than too short.
fn step_of(j: u32) -> f32 {
  return 1.001 * sqrt(shift[j] + 1e-30);
}

@compute @workgroup_size(SIZE)
fn main(@builtin(local_invocation_index) lane: u32) {
  var mine = Total(0u, 0u, 0.0, 0.0, 0.0);
  for (var b = lane; b < p.blocks; b += SIZE) {
    mine.changed += changed[b];
  }
  for (var j = lane; j < p.k; j += SIZE) {
    mine = plus(mine, Total(0u, select(0u, 1u, size[j] == 0u), shift[j], step_of(j), 0.0));
  }
  partial[lane] = mine;
  for (var half = SIZE / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      partial[lane] = plus(partial[lane], partial[lane + half]);
    }
  }
  workgroupBarrier();
  let stopped = status[0] != 0.0;
  storageBarrier();
  if (stopped) {
    return;
  }
  let total = partial[0];
  // travel_j += step_j + the longest step of the others, rounded up.
  for (var j = lane; j < p.k; j += SIZE) {
    let step = step_of(j);
    let travel = status[2u + j] + (step + select(total.longest, total.second, step == total.longest));
    status[2u + j] = travel + travel * 1.2e-7;
  }
  if (lane != 0u) {
    return;
  }
  let t = status[1];
  history[2u * u32(t)] = f32(total.changed);
  history[2u * u32(t) + 1u] = total.shift;
  status[1] = t + 1.0;
  if (total.empty > 0u) {
    status[0] = 3.0;
  } else if (total.changed == 0u) {
    status[0] = 1.0;
  } else if (total.shift <= p.tolerance) {
    status[0] = 2.0;
  } else if (t + 1.0 >= f32(p.limit)) {
    status[0] = 4.0;
  }
}
