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
 * Settings by which new images become rows like those of a model. Where it was trained on images as
 * they were, new ones must have that size themselves.
 *
 * @param images its preprocessing: the shape of a row, and the settings, of which none is trusted
 */
export function settingsLike(
  images: { readonly shape: readonly number[] } & Partial<Record<keyof ImageSettings, unknown>>,
): ImageSettings {
  const [height, width, channels] = images.shape;
  const { size, fit, colour = "auto", background } = images;
  return {
    ...size ? { size: [height, width] as const } : {},
    fit: fit === "crop" ? "crop" : "resize",
    colour: colour === "auto" ? "auto" : channels === 1 ? "gray" : "rgb",
    background: background === "black" ? "black" : "white",
  };
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
