// y[i, :] = scale * source[index[at + i], :] + shift for m rows of width bytes. Where the index is
// out of range, the row of y is NaN.
struct Params {
  rows: u32,
  m: u32,
  width: u32,
  at: u32,
  scale: f32,
  shift: f32,
}

@group(0) @binding(0) var<storage, read> source: array<u32>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * SIZE + lane;
  let row = i / p.width;
  if (row >= p.m) {
    return;
  }
  let k = index[p.at + row];
  if (k < p.rows) {
    let at = k * p.width + (i - row * p.width);
    let value = (source[at / 4u] >> (8u * (at % 4u))) & 0xffu;
    y[i] = p.scale * f32(value) + p.shift;
  } else {
    // NaN; not a constant, which WGSL refuses.
    y[i] = bitcast<f32>(0x7fc00000u | (k & 1u));
  }
}
