/** What is done to an image between the file and the row. */

/** How images become rows of one size; plain JSON, so that a model remembers it. */
export interface ImageSettings {
  /** `[height, width]` of every row; without it all images must have one size already. */
  readonly size?: readonly [number, number];
  /**
   * How an image comes to that size: `resize` takes the whole of it and may change its proportions,
   * `crop` keeps them and cuts off what sticks out on two sides. Both are bilinear.
   */
  readonly fit: "resize" | "crop";
  /** `auto` leaves gray images gray and coloured ones coloured: then all must be alike. */
  readonly colour: "auto" | "gray" | "rgb";
  /** What shows through transparent pixels. */
  readonly background: "white" | "black";
}

/** Images as they are. */
export const AS_THEY_ARE: ImageSettings = { fit: "resize", colour: "auto", background: "white" };

/**
 * Settings by which new images become rows like those of a model.
 *
 * @param images its preprocessing: the settings that it was trained with, and the shape of a row
 */
export function settingsLike(
  images: Partial<ImageSettings> & { readonly shape: readonly number[] },
): ImageSettings {
  const [height, width, channels] = images.shape;
  const { fit, background } = { ...AS_THEY_ARE, ...images };
  return { size: [height, width], fit, background, colour: channels === 1 ? "gray" : "rgb" };
}

/** The widest and highest that images are brought to. */
const LARGEST_SIDE = 8192;

/**
 * Reads `28`, for squares, or `28x32`, height first.
 *
 * @returns undefined if it is neither, or a side is not from 1 to 8192
 */
export function parseSize(text: string): readonly [number, number] | undefined {
  const [, height, width = height] = /^(\d{1,4})(?:x(\d{1,4}))?$/.exec(text) ?? [];
  const sides = [Number(height), Number(width)] as const;
  return sides.every((side) => side >= 1 && side <= LARGEST_SIDE) ? sides : undefined;
}
