/** Pictures as PNG: drawn by packages that are installed by whoever wants them. */

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { DataError, UsageError } from "../errors.ts";

/** The renderer, and letters for it: it knows no fonts of the system. */
const RENDERER = "@resvg/resvg-wasm", FONTS = "dejavu-fonts-ttf";
const FAMILY = "DejaVu Sans";

/** What is used of the renderer. */
interface Renderer {
  initWasm(module: Uint8Array): Promise<void>;
  readonly Resvg: new (svg: string, options: object) => {
    render(): { asPng(): Uint8Array; free(): void };
    free(): void;
  };
}

/**
 * What makes PNG files of SVG files, two pixels for each.
 * @param option that asks for them @param instead what needs no packages
 * @throws UsageError with the command that installs the packages, where they are missing
 * @throws DataError if they are installed and do not load
 */
export async function pngMaker(
  option = "--png",
  instead = "--svg",
): Promise<(svg: string) => Uint8Array> {
  const module = pathOf(`${RENDERER}/index.mjs`), wasm = pathOf(`${RENDERER}/index_bg.wasm`);
  const faces = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((name) =>
    pathOf(`${FONTS}/ttf/${name}`)
  );
  if (!module || !wasm || faces.some((face) => !face)) {
    throw new UsageError(
      `${option} needs the packages ${RENDERER} and ${FONTS}: install them by npm install ` +
        `${RENDERER} ${FONTS}, or take ${instead}`,
    );
  }
  try {
    const renderer: Renderer = await import(pathToFileURL(module).href);
    await renderer.initWasm(await readFile(wasm));
    const fontBuffers = await Promise.all(faces.map((face) => readFile(face!)));
    const font = { fontBuffers, defaultFontFamily: FAMILY, sansSerifFamily: FAMILY };
    return (svg) => {
      const picture = new renderer.Resvg(svg, { font, fitTo: { mode: "zoom", value: 2 } });
      const image = picture.render();
      const png = image.asPng().slice();
      image.free();
      picture.free();
      return png;
    };
  } catch (error) {
    throw new DataError(`${RENDERER} is installed but does not load: ${(error as Error).message}`);
  }
}

/** A file of a package: beside this one, or in the folder in which the program runs. */
function pathOf(file: string): string | undefined {
  for (const base of [import.meta.url, join(process.cwd(), "index.js")]) {
    for (const folder of createRequire(base).resolve.paths(file) ?? []) {
      const path = join(folder, file);
      if (existsSync(path)) return path;
    }
  }
}
