import { kernel, reads, writes } from "./kernel.ts";
import { imageSize, overPixels, overWindows, pooledSize, poolParams } from "./pool.ts";
import wgsl from "../../shaders/average_pool.wgsl" with { type: "text" };
import gradWgsl from "../../shaders/average_pool_grad.wgsl" with { type: "text" };

/**
 * `y[i, oy, ox, j] = ` sum of `x[i, iy, ix, j]` over the pixels of window (oy, ox), divided by
 * `kh kw` if `count_padding` is 1, by the number of those pixels if it is 0: x is [n, h, w, c], y
 * is [n, oh, ow, c]. See {@link poolParams} for the windows.
 */
export const averagePool = kernel({
  name: "average_pool",
  buffers: { x: reads("f32"), y: writes("f32") },
  params: { ...poolParams, count_padding: "u32" },
  wgsl,
  ...overWindows,
  flops: (p) => p.kh * p.kw * pooledSize(p),
  bytes: (p) => 4 * imageSize(p) + 4 * pooledSize(p),
});

/**
 * `dx[i, iy, ix, j] = ` sum of `dy[i, oy, ox, j] / count` over the windows that cover the pixel, in
 * the order of (oy, ox), with the count of {@link averagePool}.
 */
export const averagePoolGrad = kernel({
  name: "average_pool_grad",
  buffers: { dy: reads("f32"), dx: writes("f32") },
  params: { ...poolParams, count_padding: "u32" },
  wgsl: gradWgsl,
  ...overPixels,
  flops: (p) => 2 * p.kh * p.kw * pooledSize(p),
  bytes: (p) => 4 * imageSize(p) + 4 * pooledSize(p),
});
