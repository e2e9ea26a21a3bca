import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/augment.wgsl" with { type: "text" };

/**
 * Images x [m, h, w, c] rotated, zoomed and shifted at random, by bilinear interpolation, with zeros
 * outside. Image i draws u0 to u3, uniform in [0, 1) with 24 bits, from words 0 to 3 of
 * Philox4x32-10 under the key (seed, stream) at the counter (i, step, 0, 0), the numbers 4 i to
 * 4 i + 3 of the kernel `uniform`:
 * - `angle = turn (2 u0 - 1)` in turns, counter-clockwise; |turn| <= .5
 * - `shift = (shift_h (2 u1 - 1), shift_w (2 u2 - 1))` in pixels, down and to the right
 * - `zoom = zoom_low + (zoom_high - zoom_low) u3`, above 0
 *
 * The pixel at (row, column) is taken from where it came from: with `d = (row, column) - centre -
 * shift`, from `centre + (d0 cos + d1 sin, d1 cos - d0 sin) / zoom`. Sine and cosine are computed
 * alike on all devices, so that places agree within some 1e-6 of the image's size. With all ranges
 * 0 and zoom 1, y is x.
 */
export const augment = kernel({
  name: "augment",
  buffers: { x: reads("f32"), y: writes("f32") },
  params: {
    m: "u32",
    h: "u32",
    w: "u32",
    c: "u32",
    seed: "u32",
    stream: "u32",
    step: "u32",
    turn: "f32",
    shift_h: "f32",
    shift_w: "f32",
    zoom_low: "f32",
    zoom_high: "f32",
  },
  wgsl,
  grid: ({ m, h, w }) => linear(Math.ceil(m * h * w / 64)),
  items: ({ m }) => m,
  grain: ({ h, w, c }) => Math.ceil(2048 / (h * w * c)),
  flops: ({ m, h, w, c }) => m * h * w * (20 + 8 * c),
  bytes: ({ m, h, w, c }) => 8 * m * h * w * c,
});
