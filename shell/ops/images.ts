import type { Tensor } from "../plan/tensor.ts";

/** Rows, columns and channels of an image. */
export type ImageShape = readonly [h: number, w: number, c: number];

/**
 * Sizes of x as images [n, h, w, c]: from its shape, or from `image` where a sample has another
 * shape, such as its numbers in a row.
 * @throws RangeError if x is no batch of such images
 */
export function imagesOf(op: string, x: Tensor, image?: ImageShape) {
  const [n, ...shape] = image ? [x.shape[0], ...image] : x.shape;
  const [h, w, c] = shape;
  if (shape.length === 3 && n * h * w * c === x.size) return { n, h, w, c };
  throw new RangeError(
    `${op}: x must be [n, h, w, c], or [n, h w c] with image: [h, w, c], got [${
      x.shape.join(", ")
    }]${image ? ` and image: [${image.join(", ")}]` : ""}`,
  );
}
