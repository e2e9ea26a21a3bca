// history[t] = inertia, changed labels, sum of shift; status = why to stop, number of iterations.
struct Params {
  blocks: u32,
  k: u32,
  limit: u32,
  tolerance: f32,
}

@group(0) @binding(0) var<storage, read> totals: array<f32>;
@group(0) @binding(1) var<storage, read> shift: array<f32>;
@group(0) @binding(2) var<storage, read> size: array<u32>;
@group(0) @binding(3) var<storage, read_write> status: array<u32>;
@group(0) @binding(4) var<storage, read_write> history: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

const SIZE = 64u;

// Inertia, changed labels, shift, empty clusters.
var<workgroup> partial: array<vec4f, SIZE>;

@compute @workgroup_size(SIZE)
fn main(@builtin(local_invocation_index) lane: u32) {
  var mine = vec4f();
  for (var b = lane; b < p.blocks; b += SIZE) {
    mine += vec4f(totals[2u * b], totals[2u * b + 1u], 0.0, 0.0);
  }
  for (var j = lane; j < p.k; j += SIZE) {
    mine += vec4f(0.0, 0.0, shift[j], select(0.0, 1.0, size[j] == 0u));
  }
  partial[lane] = mine;
  for (var half = SIZE / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      partial[lane] += partial[lane + half];
    }
  }
  if (lane != 0u || status[0] != 0u) {
    return;
  }
  let total = partial[0];
  let t = status[1];
  history[3u * t] = total.x;
  history[3u * t + 1u] = total.y;
  history[3u * t + 2u] = total.z;
  status[1] = t + 1u;
  if (total.w > 0.0) {
    status[0] = 3u;
  } else if (total.y == 0.0) {
    status[0] = 1u;
  } else if (total.z <= p.tolerance) {
    status[0] = 2u;
  } else if (t + 1u >= p.limit) {
    status[0] = 4u;
  }
}
