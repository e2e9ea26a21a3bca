// y[i, oy, ox, j] = max of x[i, iy, ix, j] over the pixels of window (oy, ox), index = iy w + ix of
// the first maximum; NaN is larger than any number. An element for each invocation.
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

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read_write> index: array<u32>;
@group(0) @binding(3) var<uniform> p: Params;

// The pixels from .x to before .y, of `count` in a row, that window o covers.
fn inside(o: u32, size: u32, stride: u32, pad: u32, count: u32) -> vec2u {
  let start = o * stride;
  return vec2u(max(start, pad) - pad, min(start + size, count + pad) - pad);
}

fn is_nan(v: f32) -> bool {
  return (bitcast<u32>(v) & 0x7fffffffu) > 0x7f800000u;
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
  let image = i * p.h * p.w;
  var best = rows.x * p.w + columns.x;
  var largest = x[(image + best) * p.c + j];
  for (var iy = rows.x; iy < rows.y; iy++) {
    for (var ix = columns.x; ix < columns.y; ix++) {
      let pixel = iy * p.w + ix;
      let v = x[(image + pixel) * p.c + j];
      if (is_nan(v) || (!is_nan(largest) && v > largest)) {
        largest = v;
        best = pixel;
      }
    }
  }
  y[at] = largest;
  index[at] = best;
}
