// means[b, j] = mean of x[i, j] over the rows of block b, squares[b, j] = sum of (x - mean)^2 over
// them; x is m x c. A block and a column for each invocation.
struct Params {
  m: u32,
  c: u32,
  block: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> means: array<f32>;
@group(0) @binding(2) var<storage, read_write> squares: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

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
  // Differences from the first row: a mean far from zero costs no digits.
  let first = x[begin * p.c + j];
  var total = 0.0;
  for (var start = begin; start < end; start += FEW) {
    var sum = 0.0;
    for (var i = start; i < min(start + FEW, end); i++) {
      sum += x[i * p.c + j] - first;
    }
    total += sum;
  }
  let mean = first + total / f32(end - begin);
  var square = 0.0;
  for (var start = begin; start < end; start += FEW) {
    var sum = 0.0;
    for (var i = start; i < min(start + FEW, end); i++) {
      let d = x[i * p.c + j] - mean;
      sum += d * d;
    }
    square += sum;
  }
  means[at] = mean;
  squares[at] = square;
}
