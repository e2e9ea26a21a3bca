// first[b] = index of the first NaN or infinity in block b of x, 2^32 - 1 if there is none.
struct Params {
  n: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> first: array<u32>;
@group(0) @binding(2) var<uniform> p: Params;

const SIZE = 64u;
const BLOCK = 16384u;
const NONE = 0xffffffffu;
const EXPONENT = 0x7f800000u;

var<workgroup> partial: array<u32, SIZE>;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let block = group.y * groups.x + group.x;
  let begin = block * BLOCK;
  if (begin >= p.n) {
    return;
  }
  let end = min(begin + BLOCK, p.n);
  var found = NONE;
  for (var i = begin + lane; i < end; i += SIZE) {
    if ((bitcast<u32>(x[i]) & EXPONENT) == EXPONENT) {
      found = min(found, i);
    }
  }
  partial[lane] = found;
  for (var half = SIZE / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      partial[lane] = min(partial[lane], partial[lane + half]);
    }
  }
  if (lane == 0u) {
    first[block] = partial[0];
  }
}
