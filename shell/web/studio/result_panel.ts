/** What a run found: scores, clusters with names of one's own, downloads. */

import { meaningOf } from "../../report/scores.ts";
import { profile } from "../../report/plots/profile.ts";
import { hueOf, symbolOf } from "../../report/theme.ts";
import type { ClusterGallery, Member } from "../../report/gallery.ts";
import { byId, make, pictureOf, tableOf } from "../dom.ts";
import { draw } from "../map/layers.ts";
import type { SessionFile, SessionResult } from "../session/types.ts";

/** Members of either kind. */
const SHOWN = 8;

/** A number as people read it. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en") : value.toFixed(4);
}

/** Shows the scores. */
export function showScores({ metrics }: SessionResult): void {
  byId("scores").replaceChildren(tableOf(
    ["score", "", "what it means"],
    Object.entries(metrics).map(([name, value]) => [name, figure(value), meaningOf(name)]),
  ));
}

/**
 * Shows the clusters: each has a field for its name.
 * @param renamed told of the new names
 */
export function showClusters(
  { gallery, words, clusters }: SessionResult,
  names: string[],
  renamed: () => void,
): void {
  byId("cards").replaceChildren(...gallery.clusters.map((one) => {
    const terms = words?.clusters.find(({ cluster }) => cluster === one.cluster)?.terms ?? [];
    return card(one, terms.slice(0, 8).map(({ term }) => term), clusters.length, names, renamed);
  }));
}

function card(
  { cluster, size, typical, atypical, features = [] }: ClusterGallery,
  terms: readonly string[],
  n: number,
  names: string[],
  renamed: () => void,
): HTMLElement {
  const mark = draw("svg", {
    width: "18",
    height: "18",
    viewBox: "-9 -9 18 18",
    "aria-hidden": "true",
  });
  mark.append(draw("path", { d: symbolOf(cluster, 110), fill: hueOf(cluster) }));
  const name = make("input", { type: "text", value: names[cluster], maxLength: 60 });
  name.setAttribute("aria-label", `name of cluster ${cluster}`);
  name.addEventListener("change", () => {
    names[cluster] = name.value.trim() || `cluster ${cluster}`;
    name.value = names[cluster];
    renamed();
  });
  const share = (100 * size / Math.max(1, n)).toFixed(1);
  return make(
    "article",
    { className: "card" },
    make("div", { className: "name" }, mark, name),
    make("p", { textContent: `${size.toLocaleString("en")} rows, ${share}%` }),
    ...terms.length > 0 ? [make("p", { textContent: terms.join(", ") })] : [],
    ...features.length > 0
      ? [
        pictureOf(
          profile({
            cluster,
            features: features.slice(0, 8),
            title: `columns of cluster ${cluster}`,
          }),
        ),
      ]
      : [],
    ...members("most typical", typical),
    ...members("least typical", atypical),
  );
}

function members(title: string, rows: readonly Member[]): HTMLElement[] {
  if (rows.length === 0) return [];
  const head = make("p", { textContent: title });
  if (rows.some(({ image }) => image)) {
    return [
      head,
      make(
        "div",
        { className: "images" },
        ...rows.slice(0, SHOWN).map(({ id, image, label }) => {
          const alt = `row ${id}${label === undefined ? "" : `, class ${label}`}`;
          return make("img", { src: image ?? "", alt, title: alt });
        }),
      ),
    ];
  }
  return [
    head,
    make(
      "ul",
      {},
      ...rows.slice(0, 4).map(({ id, name, text, label }) => {
        const about = text ?? name ?? `row ${id}`;
        return make("li", { textContent: label === undefined ? about : `${about} (${label})` });
      }),
    ),
  ];
}

/** Buttons for each file of a run, and for all of them. */
export function showDownloads({ files, name }: SessionResult, names: readonly string[]): void {
  const all = () => [...files, namesFile(names)];
  byId("downloads").replaceChildren(
    make("button", {
      textContent: "Download all (zip)",
      className: "main",
      onclick: () => zipped(all(), name),
    }),
    ...all().map((file) => make("button", { textContent: file.name, onclick: () => save(file) })),
  );
}

/** The clusters' own names as a file. */
function namesFile(names: readonly string[]): SessionFile {
  const text = JSON.stringify(names.map((name, cluster) => ({ cluster, name })), null, 2);
  return { name: "names.json", blob: new Blob([text]) };
}

/** Downloads a file. */
export function save({ name, blob }: SessionFile): void {
  const href = URL.createObjectURL(blob);
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

/** Bytes that are packed at a time, so that the page stays free. */
const PART = 1 << 18;

async function zipped(files: readonly SessionFile[], name: string): Promise<void> {
  const { Zip, ZipDeflate, ZipPassThrough } = await import("fflate");
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const zip = new Zip((_error, part) => parts.push(part as Uint8Array<ArrayBuffer>));
  for (const { name, blob } of files) {
    // What is packed already, or does not pack, stays as it is.
    const file = /\.(parquet|npy|safetensors)$/.test(name)
      ? new ZipPassThrough(name)
      : new ZipDeflate(name, { level: 6 });
    zip.add(file);
    for (let at = 0; at === 0 || at < blob.size; at += PART) {
      const bytes = await blob.slice(at, at + PART).arrayBuffer();
      file.push(new Uint8Array(bytes), at + PART >= blob.size);
    }
  }
  zip.end();
  const stem = name.replace(/\W+/g, "_").slice(0, 40) || "run";
  save({ name: `asterism-${stem}.zip`, blob: new Blob(parts) });
}
