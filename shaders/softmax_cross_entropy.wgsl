// By row of n logits: probability = e^(x - max) / sum, loss = ln(sum) - (x[label] - max). A
// workgroup takes 8 rows, 8 invocations to a row.
struct Params {
  m: u32,
  n: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> label: array<u32>;
@group(0) @binding(2) var<storage, read_write> loss: array<f32>;
@group(0) @binding(3) var<storage, read_write> probability: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

const SIZE = 64u;
const SHARE = 8u;

var<workgroup> tops: array<f32, SIZE>;
var<workgroup> sums: array<f32, SIZE>;

// e^z; a NaN stays one, which the built-in function does not promise.
fn exp_or_nan(z: f32) -> f32 {
  return select(exp(z), z, (bitcast<u32>(z) & 0x7fffffffu) > 0x7f800000u);
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = (group.y * groups.x + group.x) * (SIZE / SHARE) + lane / SHARE;
  let first = lane & ~(SHARE - 1u);
  let start = row * p.n;
  // No columns for the rows past the end.
  let columns = select(0u, p.n, row < p.m);

  var top = -3.4028234663852886e38;
  for (var j = lane % SHARE; j < columns; j += SHARE) {
    top = max(top, x[start + j]);
  }
  tops[lane] = top;
  workgroupBarrier();
  for (var k = 0u; k < SHARE; k++) {
    top = max(top, tops[first + k]);
  }

  var share = 0.0;
  for (var j = lane % SHARE; j < columns; j += SHARE) {
    share += exp_or_nan(x[start + j] - top);
  }
  sums[lane] = share;
  workgroupBarrier();
  var sum = 0.0;
  for (var k = 0u; k < SHARE; k++) {
    sum += sums[first + k];
  }

  for (var j = lane % SHARE; j < columns; j += SHARE) {
    probability[start + j] = exp_or_nan(x[start + j] - top) / sum;
  }
  if (lane == first && row < p.m) {
    // The sum is NaN if a logit is NaN or plus infinity, zero if all are minus infinity.
    var bits = 0x7fc00000u;
    if (label[row] < p.n && bitcast<u32>(sum) - 1u < 0x7f7fffffu) {
      bits = bitcast<u32>(log(sum) - (x[start + label[row]] - top));
    }
    loss[row] = bitcast<f32>(bits);
  }
}
