// dgammas[b, j] = sum of dy (x - mean) / sqrt(variance + epsilon), dbetas[b, j] = sum of dy over the
// rows of block b; x and dy are m x c. A block and a column for each invocation.
struct Params {
  m: u32,
  c: u32,
  block: u32,
  epsilon: f32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> mean: array<f32>;
@group(0) @binding(3) var<storage, read> variance: array<f32>;
@group(0) @binding(4) var<storage, read_write> dgammas: array<f32>;
@group(0) @binding(5) var<storage, read_write> dbetas: array<f32>;
@group(0) @binding(6) var<uniform> p: Params;

// Sums of 32 terms are added up: no sum is long.
const FEW = 32u;

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = (group.y * groups.x + group.x) * SIZE + lane;
  let b = at / p.c;
  let j = at - b * p.c;
  let begin = b * p.block;
  if (begin >= p.m) {
    return;
  }
  let end = min(begin + p.block, p.m);
  let center = mean[j];
  var products = 0.0;
  var total = 0.0;
  for (var start = begin; start < end; start += FEW) {
    var product = 0.0;
    var sum = 0.0;
    for (var i = start; i < min(start + FEW, end); i++) {
      let d = dy[i * p.c + j];
      product += d * (x[i * p.c + j] - center);
      sum += d;
    }
    products += product;
    total += sum;
  }
  dgammas[at] = products / sqrt(variance[j] + p.epsilon);
  dbetas[at] = total;
}
