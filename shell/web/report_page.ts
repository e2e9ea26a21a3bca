/** What runs in `report.html`: the map, its search and its lasso. Data are shown as text only. */

import type { Packed } from "../report/packed.ts";
import { make } from "./dom.ts";
import "./map/element.ts";

const MOST = 200;

/** Bytes of base64. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

const shorts = (text: string) => Int32Array.from(new Int16Array(bytesOf(text).buffer));

type Words = readonly [id: number, name: string | 0, text?: string];

async function unpackWords(text: string): Promise<readonly Words[]> {
  const stream = new Blob([bytesOf(text)]).stream().pipeThrough(
    new DecompressionStream("deflate-raw"),
  );
  return await new Response(stream).json();
}

async function main(): Promise<void> {
  const packed: Packed = JSON.parse(document.getElementById("asterism-data")!.textContent!);
  const { box, labelNames = [], predicted, images } = packed;
  const positions = Float32Array.from(
    new Uint16Array(bytesOf(packed.places).buffer),
    (v, i) => box[i % 2 * 2] + v / 65_535 * (box[i % 2 * 2 + 1] - box[i % 2 * 2]),
  );
  const clusters = shorts(packed.clusters),
    labels = packed.labels ? shorts(packed.labels) : undefined;
  const words = await unpackWords(packed.words);
  const classOf = (row: number) => labels && labels[row] >= 0 ? labelNames[labels[row]] : undefined;
  const titleOf = (row: number) => words[row][1] || `row ${words[row][0]}`;
  const linesOf = (row: number) => [
    predicted
      ? `predicted ${predicted[clusters[row]]}`
      : clusters[row] < 0
      ? "noise"
      : `cluster ${clusters[row]}`,
    ...[classOf(row)].filter((name) => name !== undefined).map((name) => `class ${name}`),
    ...words[row][2] ? [words[row][2]] : [],
  ];
  const map = document.querySelector("asterism-map")!;
  map.data = {
    ...{ positions, clusters, clusterNames: predicted, labels, labelNames },
    ...{ xLabel: packed.axes[0], yLabel: packed.axes[1] },
    tooltip: (row) => ({ title: titleOf(row), lines: linesOf(row), image: images[words[row][0]] }),
  };
  const list = document.getElementById("chosen")!, found = document.getElementById("found")!;
  const show = (rows: ArrayLike<number>, what: string) => {
    found.textContent = `${rows.length.toLocaleString("en")} rows ${what}` +
      (rows.length > MOST ? `, the first ${MOST} listed` : "");
    list.replaceChildren(
      ...Array.from(rows).slice(0, MOST).map((row) =>
        make("li", { textContent: [titleOf(row), ...linesOf(row)].join(" · ") })
      ),
    );
  };
  map.addEventListener(
    "asterism-select",
    (event) => show((event as CustomEvent<{ rows: Uint32Array }>).detail.rows, "chosen"),
  );
  document.getElementById("colours")?.addEventListener("change", (event) => {
    map.colourBy = (event.target as HTMLSelectElement).value as "cluster" | "label";
  });
  document.getElementById("search")!.addEventListener("input", (event) => {
    const wanted = (event.target as HTMLInputElement).value.trim().toLowerCase();
    if (wanted === "") {
      map.highlight(null);
      return show([], "chosen");
    }
    const has = (row: number) =>
      [titleOf(row), ...linesOf(row)].join("\n").toLowerCase().includes(wanted);
    const rows = Uint32Array.from(clusters.keys()).filter(has);
    map.highlight(rows);
    show(rows, "found");
  });
}

main();
