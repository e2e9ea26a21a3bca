// y = x rotated, zoomed and shifted at random by image, bilinear, zeros outside; x is [m, h, w, c].

import { cos_turn4 } from "./math";
import { fraction4, philox } from "./random";

@unmanaged
class AugmentArgs {
  x: usize;
  y: usize;
  m: u32;
  h: u32;
  w: u32;
  c: u32;
  seed: u32;
  stream: u32;
  step: u32;
  turn: f32;
  shift_h: f32;
  shift_w: f32;
  zoom_low: f32;
  zoom_high: f32;
}

/** An item is an image. */
export function augment(args: usize, begin: u32, end: u32): void {
  const a = changetype<AugmentArgs>(args);
  const middle_h: f32 = 0.5 * ((a.h - 1) as f32);
  const middle_w: f32 = 0.5 * ((a.w - 1) as f32);
  for (let i = begin; i < end; i++) {
    const u = fraction4(philox(i, a.step, a.seed, a.stream));
    const v = f32x4.sub(f32x4.add(u, u), f32x4.splat(1));
    const angle = a.turn * f32x4.extract_lane(v, 0);
    const origin_h = middle_h + a.shift_h * f32x4.extract_lane(v, 1);
    const origin_w = middle_w + a.shift_w * f32x4.extract_lane(v, 2);
    const zoom = a.zoom_low + (a.zoom_high - a.zoom_low) * f32x4.extract_lane(u, 3);
    // The sine is the cosine of a quarter turn less.
    const turned = cos_turn4(f32x4.sub(f32x4.splat(angle), f32x4(0, 0.25, 0, 0)));
    const cos = f32x4.extract_lane(turned, 0) / zoom;
    const sin = f32x4.extract_lane(turned, 1) / zoom;
    const image = (i * a.h * a.w * a.c) << 2;
    let y = a.y + image;
    for (let row: u32 = 0; row < a.h; row++) {
      const d = (row as f32) - origin_h;
      for (let column: u32 = 0; column < a.w; column++, y += a.c << 2) {
        const e = (column as f32) - origin_w;
        bilinear(
          a,
          a.x + image,
          y,
          middle_h + (d * cos + e * sin),
          middle_w + (e * cos - d * sin),
        );
      }
    }
  }
}

/** One pixel of the result, from (row, column) of the image at x. */
function bilinear(a: AugmentArgs, x: usize, y: usize, row: f32, column: f32): void {
  const floor_h = floor<f32>(row), floor_w = floor<f32>(column);
  const f = row - floor_h, g = column - floor_w;
  const one: f32 = 1;
  const top = floor_h as i32, left = floor_w as i32;
  for (let j: u32 = 0; j < a.c; j++) {
    const at = x + (j << 2);
    const above = (one - g) * pixel(a, at, top, left) + g * pixel(a, at, top, left + 1);
    const below = (one - g) * pixel(a, at, top + 1, left) + g * pixel(a, at, top + 1, left + 1);
    store<f32>(y + (j << 2), (one - f) * above + f * below);
  }
}

/** A number of a pixel, 0 outside. */
function pixel(a: AugmentArgs, x: usize, row: i32, column: i32): f32 {
  if ((row as u32) >= a.h || (column as u32) >= a.w) return 0;
  return load<f32>(x + ((((row as u32) * a.w + (column as u32)) * a.c) << 2));
}
