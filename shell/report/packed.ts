/** What the report's map needs of many rows, in few bytes. */

import { deflateSync } from "fflate";
import { base64 } from "./gallery.ts";
import { isClassifier, mappedRows, type ReportInput } from "./input.ts";

/** The JSON that stands in the page. */
export interface Packed {
  readonly n: number;
  /** Places as 16-bit numbers between the corners of a box, base64. */
  readonly places: string;
  readonly box: readonly [number, number, number, number];
  /** 16-bit clusters and classes, base64. */
  readonly clusters: string;
  readonly labels?: string;
  readonly labelNames?: readonly string[];
  /** Where the clusters are classes that were predicted: their names. */
  readonly predicted?: readonly string[];
  /** `[id, name, text]` of each row as JSON, deflated, base64. */
  readonly words: string;
  readonly images: Readonly<Record<number, string>>;
  readonly axes: readonly [string, string];
}

/** UTF-16 units of a text that a tooltip shows; fewer if those of all rows take more bytes than this. */
const LETTERS = 120, BYTES = 1_800_000;
const LAST = 65_535;

/** Packs a run's map; null if it has none. */
export function pack({ run, rows, gallery }: ReportInput): Packed | null {
  const all = rows.clusters.length;
  if (!rows.positions || rows.positions.length !== 2 * all || all === 0) return null;
  const { positions, clusters, labels, labelNames, ids, names, texts } = mappedRows(rows);
  const n = clusters.length;
  const box = [0, 1].flatMap((axis) => {
    const values = positions!.filter((v, i) => i % 2 === axis && Number.isFinite(v));
    const low = values.reduce((a, b) => Math.min(a, b), Infinity);
    return [low, Math.max(values.reduce((a, b) => Math.max(a, b), -Infinity), low + 1e-9)];
  }) as [number, number, number, number];
  const places = Uint16Array.from(positions!, (v, i) => {
    const low = box[i % 2 * 2], high = box[i % 2 * 2 + 1];
    return Math.round((v - low) / (high - low) * LAST);
  });
  const members = gallery?.clusters.flatMap(({ typical, atypical }) => [...typical, ...atypical]) ??
    [];
  const how = String(run.settings.map ?? "map").toUpperCase();
  return {
    ...{
      n,
      box,
      places: base64(bytesOf(places)),
      clusters: base64(bytesOf(Int16Array.from(clusters))),
    },
    ...isClassifier(run) && run.data.labels && { predicted: run.data.labels },
    ...labels && { labels: base64(bytesOf(Int16Array.from(labels))), labelNames },
    words: packWords(ids, names, texts),
    images: {
      ...gallery?.thumbnails,
      ...Object.fromEntries(members.flatMap(({ id, image }) => image ? [[id, image]] : [])),
    },
    axes: [`${how} 1`, `${how} 2`],
  };
}

/** The bytes in the order of all machines that there are: little-endian. */
function bytesOf(values: Uint16Array | Int16Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Of each row what tooltips and the search know, in at most {@link BYTES} unless names alone are more. */
function packWords(
  ids: ArrayLike<number>,
  names?: readonly (string | null)[],
  texts?: ReportInput["rows"]["texts"],
): string {
  for (let most = texts ? LETTERS : 0;; most = Math.floor(0.75 * most)) {
    const words = Array.from(ids, (id, i) => [
      id,
      names?.[i] ?? 0,
      ...most > 0 ? [cut(texts![i], most)] : [],
    ]);
    const json = new TextEncoder().encode(JSON.stringify(words));
    const packed = base64(deflateSync(json, { level: 9 }));
    if (packed.length <= BYTES || most === 0) return packed;
  }
}

/** The beginning of a text; never half of a character. */
function cut(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, text.length > length && (last & 0xfc00) === 0xd800 ? length - 1 : length);
}
