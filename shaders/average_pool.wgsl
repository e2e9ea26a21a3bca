// y[i, oy, ox, j] = sum of x[i, iy, ix, j] over the pixels of window (oy, ox), divided by kh kw or
// by their number. An element for each invocation.
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
  count_padding: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

// The pixels from .x to before .y, of `count` in a row, that window o covers.
fn inside(o: u32, size: u32, stride: u32, pad: u32, count: u32) -> vec2u {
  let start = o * stride;
  return vec2u(max(start, pad) - pad, min(start + size, count + pad) - pad);
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
  let ox = place % p.ow;
  let oy = place / p.ow % p.oh;
  let i = place / p.ow / p.oh;
  if (i >= p.n) {
    return;
  }
  let rows = inside(oy, p.kh, p.stride_h, p.pad_h, p.h);
  let columns = inside(ox, p.kw, p.stride_w, p.pad_w, p.w);
  var sum = 0.0;
  for (var iy = rows.x; iy < rows.y; iy++) {
    for (var ix = columns.x; ix < columns.y; ix++) {
      sum += x[((i * p.h + iy) * p.w + ix) * p.c + j];
    }
  }
  let pixels = (rows.y - rows.x) * (columns.y - columns.x);
  y[at] = sum / f32(select(pixels, p.kh * p.kw, p.count_padding == 1u));
}
