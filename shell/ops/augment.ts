import { augment as augmentKernel } from "../kernels/augment.ts";
import type { Graph } from "../plan/graph.ts";
import type { Tensor } from "../plan/tensor.ts";
import type { Draw } from "./elementwise.ts";
import { type ImageShape, imagesOf } from "./images.ts";

/** How far images are changed at random. */
export interface AugmentOptions {
  /** Largest rotation to either side in degrees, 0 to 180; default 10. */
  readonly angle?: number;
  /** Largest shift in each direction as a share of the height and of the width; default .1. */
  readonly shift?: number;
  /** Least and largest magnification; default [1, 1]. */
  readonly zoom?: readonly [number, number];
  /** [h, w, c] of a sample, where x is not [m, h, w, c]. */
  readonly image?: ImageShape;
}

/**
 * Randomly rotated, shifted and zoomed copies of the images x [m, h, w, c], in the shape of x: by
 * bilinear interpolation, with zeros outside. Angle, shifts and zoom are uniform and new for every
 * image and step; the defaults are those of DEC-DA. An image's numbers depend on its place in the
 * batch and on `draw`, not on the device.
 *
 * @throws RangeError if x is no batch of images, a range does not fit, or x wants a gradient, which
 * this has not: it is for inputs
 * @see Guo, Zhu, Liu, Yin (2018), Deep embedded clustering with data augmentation
 */
export function augment(
  g: Graph,
  x: Tensor,
  draw: Draw,
  options: AugmentOptions = {},
): Tensor {
  const { angle = 10, shift = 0.1, zoom: [zoom_low, zoom_high] = [1, 1] } = options;
  const { n: m, h, w, c } = imagesOf("augment", x, options.image);
  if (g.needsGrad(x)) throw new RangeError("augment: x must not need a gradient, this has none");
  if (!(angle >= 0 && angle <= 180)) {
    throw new RangeError(`augment: angle must be 0 to 180 degrees, got ${angle}`);
  }
  if (!(shift >= 0 && Number.isFinite(shift))) {
    throw new RangeError(`augment: shift must be a share of the size, 0 or more, got ${shift}`);
  }
  if (!(zoom_low > 0 && zoom_high >= zoom_low && Number.isFinite(zoom_high))) {
    throw new RangeError(
      `augment: zoom must be two factors above 0, the smaller first, got ${zoom_low}, ${zoom_high}`,
    );
  }
  const y = g.temp(x.shape, "f32", "augmented");
  g.call(augmentKernel, { x, y }, {
    ...{ m, h, w, c },
    ...draw,
    turn: angle / 360,
    shift_h: shift * h,
    shift_w: shift * w,
    ...{ zoom_low, zoom_high },
  });
  return y;
}
