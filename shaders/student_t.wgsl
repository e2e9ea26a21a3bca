// q_ij = w_ij / sum_l w_il, w_ij = (1 + ||z_i - mu_j||^2 / alpha)^(-(alpha + 1) / 2). A workgroup
// takes 8 rows, 8 invocations to a row.
struct Params {
  m: u32,
  k: u32,
  dim: u32,
  alpha: f32,
}

@group(0) @binding(0) var<storage, read> z: array<f32>;
@group(0) @binding(1) var<storage, read> mu: array<f32>;
@group(0) @binding(2) var<storage, read_write> q: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

const SIZE = 64u;
const SHARE = 8u;

var<workgroup> lows: array<f32, SIZE>;
var<workgroup> sums: array<f32, SIZE>;

fn square(i: u32, j: u32) -> f32 {
  var sum = 0.0;
  for (var t = 0u; t < p.dim; t++) {
    let v = z[i * p.dim + t] - mu[j * p.dim + t];
    sum += v * v;
  }
  return sum;
}

// ln(1 + x) for x >= 0, with full relative precision for small x: 2 atanh(x / (x + 2)).
fn log_plus_1(x: f32) -> f32 {
  if (x > 1.0) {
    return log(1.0 + x);
  }
  let s = x / (x + 2.0);
  let v = s * s;
  let series = (((0.121508345 * v + 0.10713593) * v + 0.14308482) * v + 0.19999437) * v +
    0.33333337;
  return 2.0 * s * v * series + 2.0 * s;
}

// (1 + x)^-power for x >= 0; a NaN stays, an infinity gives 0, which the built-in functions do not
// promise.
fn weight(x: f32, power: f32) -> f32 {
  let bits = bitcast<u32>(x) & 0x7fffffffu;
  if (bits >= 0x7f800000u) {
    return select(0.0, x, bits > 0x7f800000u);
  }
  if (power == 1.0) {
    return 1.0 / (1.0 + x);
  }
  return exp(-power * log_plus_1(x));
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = (group.y * groups.x + group.x) * (SIZE / SHARE) + lane / SHARE;
  let first = lane & ~(SHARE - 1u);
  let start = row * p.k;
  // No columns for the rows past the end.
  let columns = select(0u, p.k, row < p.m);

  var low = 3.4028234663852886e38;
  for (var j = lane % SHARE; j < columns; j += SHARE) {
    let d = square(row, j);
    q[start + j] = d;
    low = select(low, d, d < low);
  }
  lows[lane] = low;
  workgroupBarrier();
  for (var i = 0u; i < SHARE; i++) {
    low = min(low, lows[first + i]);
  }

  // w_j / w_nearest = (1 + (d_j - low) / (alpha + low))^-power: never all zero.
  let power = 0.5 * (p.alpha + 1.0);
  var share = 0.0;
  for (var j = lane % SHARE; j < columns; j += SHARE) {
    let w = weight((q[start + j] - low) / (p.alpha + low), power);
    q[start + j] = w;
    share += w;
  }
  sums[lane] = share;
  workgroupBarrier();
  var sum = 0.0;
  for (var i = 0u; i < SHARE; i++) {
    sum += sums[first + i];
  }
  for (var j = lane % SHARE; j < columns; j += SHARE) {
    q[start + j] = q[start + j] / sum;
  }
}
