// dx[i, iy, ix, j] = sum of dy[i, oy, ox, j] over the windows with index[i, oy, ox, j] = iy w + ix.
// An element for each invocation.
struct Params {
  n: u32,
  h: u32,
  w: u32,
  c: u32,
  kh: u32,
  kw: u32,
  stride_h: u32,
  stride_w: u32,
  pad_h: u32,
  pad_w: u32,
  oh: u32,
  ow: u32,
}

@group(0) @binding(0) var<storage, read> index: array<u32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

// The windows from .x to before .y, of `count` in a row, that cover pixel i.
fn covering(i: u32, size: u32, stride: u32, pad: u32, count: u32) -> vec2u {
  let at = i + pad;
  let first = select((at - min(at, size)) / stride + 1u, 0u, at < size);
  return vec2u(first, min(at / stride + 1u, count));
}

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = (group.y * groups.x + group.x) * SIZE + lane;
  let place = at / p.c;
  let j = at - place * p.c;
  let ix = place % p.w;
  let iy = place / p.w % p.h;
  let i = place / p.w / p.h;
  if (i >= p.n) {
    return;
  }
  let rows = covering(iy, p.kh, p.stride_h, p.pad_h, p.oh);
  let columns = covering(ix, p.kw, p.stride_w, p.pad_w, p.ow);
  let pixel = iy * p.w + ix;
  var sum = 0.0;
  for (var oy = rows.x; oy < rows.y; oy++) {
    for (var ox = columns.x; ox < columns.y; ox++) {
      let o = ((i * p.oh + oy) * p.ow + ox) * p.c + j;
      if (index[o] == pixel) {
        sum += dy[o];
      }
    }
  }
  dx[at] = sum;
}
