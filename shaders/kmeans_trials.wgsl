// nearest[t, i] = min(nearest[best, i], w_i ||x_i - candidate_t||^2); sums[b, t] = its sum over block b.
struct Params {
  n: u32,
  dim: u32,
  trials: u32,
  rows: u32,
  best: u32,
  first: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> candidate: array<f32>;
@group(0) @binding(3) var<storage, read_write> nearest: array<f32>;
@group(0) @binding(4) var<storage, read_write> sums: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

const SIZE = 64u;

var<workgroup> partial: array<f32, SIZE>;

// Distances of a row, for all trials; each row belongs to one lane.
fn measure(i: u32) {
  let before = nearest[p.best * p.n + i];
  for (var t = 0u; t < p.trials; t += 4u) {
    let at = min(vec4u(t, t + 1u, t + 2u, t + 3u), vec4u(p.trials - 1u)) * p.dim;
    var sum = vec4f();
    for (var d = 0u; d < p.dim; d++) {
      let c = at + d;
      let v = x[i * p.dim + d] -
        vec4f(candidate[c.x], candidate[c.y], candidate[c.z], candidate[c.w]);
      sum += v * v;
    }
    sum *= weight[i];
    if (p.first == 0u) {
      sum = select(sum, vec4f(before), vec4f(before) < sum);
    }
    for (var q = 0u; q < min(4u, p.trials - t); q++) {
      nearest[(t + q) * p.n + i] = sum[q];
    }
  }
}

// A workgroup computes a block of rows.
@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let block = group.y * groups.x + group.x;
  let begin = block * p.rows;
  if (begin >= p.n) {
    return;
  }
  let end = min(begin + p.rows, p.n);
  for (var i = begin + lane; i < end; i += SIZE) {
    measure(i);
  }
  for (var t = 0u; t < p.trials; t++) {
    var mine = 0.0;
    for (var i = begin + lane; i < end; i += SIZE) {
      mine += nearest[t * p.n + i];
    }
    partial[lane] = mine;
    for (var half = SIZE / 2u; half > 0u; half /= 2u) {
      workgroupBarrier();
      if (lane < half) {
        partial[lane] += partial[lane + half];
      }
    }
    if (lane == 0u) {
      sums[block * p.trials + t] = partial[0];
    }
    workgroupBarrier();
  }
}
