import { kernel, reads, writes } from "./kernel.ts";
import { imageSize, overPixels, overWindows, pooledSize, poolParams } from "./pool.ts";
import wgsl from "../../shaders/max_pool.wgsl" with { type: "text" };
import gradWgsl from "../../shaders/max_pool_grad.wgsl" with { type: "text" };

/**
 * `y[i, oy, ox, j] = max x[i, iy, ix, j]` over the pixels of window (oy, ox): x is [n, h, w, c], y
 * and index are [n, oh, ow, c]. Padding takes no part. `index` is the pixel `iy w + ix` of the
 * maximum, the first one of equals; a NaN is larger than any number, and of several the last one
 * counts, as in PyTorch. See {@link poolParams} for the windows.
 */
export const maxPool = kernel({
  name: "max_pool",
  buffers: { x: reads("f32"), y: writes("f32"), index: writes("u32") },
  params: poolParams,
  wgsl,
  ...overWindows,
  flops: (p) => p.kh * p.kw * pooledSize(p),
  bytes: (p) => 4 * imageSize(p) + 8 * pooledSize(p),
});

/**
 * `dx[i, iy, ix, j] = ` sum of `dy[i, oy, ox, j]` over the windows whose maximum is that pixel: a
 * gather over the windows that cover it, in the order of (oy, ox).
 */
export const maxPoolGrad = kernel({
  name: "max_pool_grad",
  buffers: { index: reads("u32"), dy: reads("f32"), dx: writes("f32") },
  params: poolParams,
  wgsl: gradWgsl,
  ...overPixels,
  flops: (p) => p.kh * p.kw * pooledSize(p),
  bytes: (p) => 4 * imageSize(p) + 8 * pooledSize(p),
});
