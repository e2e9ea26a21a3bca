/** A picture in a file of its own, as SVG or PNG. */

import { dirname } from "node:path";
import { checkWritable, writeAtomic } from "../data/index.ts";
import { UsageError } from "../errors.ts";
import { svgFile } from "../report/index.ts";
import { pngMaker } from "./png_file.ts";

/** Writes a picture of shell/report to the file that was named. */
export type PictureWriter = (svg: string, signal: AbortSignal) => Promise<void>;

/**
 * Looks whether a picture can be written, before long work; undefined if none is asked for.
 * @throws UsageError if the name does not say which kind it is, or no PNG can be made
 * @throws DataError if nothing can be written there
 */
export async function pictureWriter(path: string | undefined): Promise<PictureWriter | undefined> {
  if (path === undefined) return undefined;
  if (!/\.(svg|png)$/i.test(path)) {
    throw new UsageError(
      `--picture is an SVG or PNG file: end its name in .svg or .png, got "${path}"`,
    );
  }
  const png = /png$/i.test(path) ? await pngMaker("--picture", "a name in .svg") : undefined;
  await checkWritable(dirname(path));
  return async (svg, signal) => {
    const file = svgFile(svg);
    await writeAtomic(path, png?.(file) ?? file, signal);
  };
}
