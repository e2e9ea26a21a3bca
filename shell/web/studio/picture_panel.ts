/** The pictures of a run's report, to look at and to save: drawn when they are asked for. */

import type { RunRecord } from "../../report/input.ts";
import type { Picture } from "../../report/pictures.ts";
import { byId, make, pictureOf } from "../dom.ts";
import type { SessionResult } from "../session/types.ts";
import { save } from "./result_panel.ts";

/** Pixels of a PNG file for each of the picture. */
const ZOOM = 2;

/** Puts the pictures of a run behind a line that opens. */
export function showPictures(result: SessionResult): void {
  const box = byId<HTMLDetailsElement>("pictures"), list = byId("pictures-list");
  box.open = false;
  list.replaceChildren();
  box.ontoggle = async () => {
    if (!box.open || list.childElementCount > 0) return;
    const { picturesOf } = await import("../../report/pictures.ts");
    const { run, gallery, words } = result;
    const pictures = picturesOf({ run: run as unknown as RunRecord, rows: result, gallery, words });
    list.replaceChildren(...pictures.map(figureOf));
  };
}

function figureOf(picture: Picture): HTMLElement {
  const button = (kind: "SVG" | "PNG", blobOf: (file: string) => Blob | Promise<Blob>) => {
    const made = make("button", { textContent: `Save as ${kind}` });
    made.setAttribute("aria-label", `Save as ${kind}: ${picture.name}`);
    made.addEventListener("click", async () => {
      const blob = await blobOf(await fileOf(picture));
      save({ name: `${picture.name}.${kind.toLowerCase()}`, blob });
    });
    return made;
  };
  return make(
    "figure",
    {},
    pictureOf(picture.svg),
    make("figcaption", { textContent: picture.caption }),
    make("div", { className: "row" }, button("SVG", svgBlob), button("PNG", pixelsOf)),
  );
}

/** The picture on the paper of the page. */
async function fileOf({ svg }: Picture): Promise<string> {
  const { svgFile } = await import("../../report/svg.ts");
  return svgFile(svg, matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

function svgBlob(file: string): Blob {
  return new Blob([file], { type: "image/svg+xml" });
}

/** The browser draws the file; its own fonts are at hand. */
async function pixelsOf(file: string): Promise<Blob> {
  const src = URL.createObjectURL(svgBlob(file));
  try {
    const image = make("img", { src });
    await image.decode();
    const canvas = make("canvas", { width: ZOOM * image.width, height: ZOOM * image.height });
    canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise<Blob>((resolve, reject) =>
      canvas.toBlob((blob) => blob ? resolve(blob) : reject(new Error("no PNG can be made")))
    );
  } finally {
    URL.revokeObjectURL(src);
  }
}
