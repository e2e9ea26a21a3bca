/** Who stands for a cluster: its most and least typical rows, and what its columns are like. */

import { encodePng } from "../data/png.ts";
import { harmless } from "../text/harmless.ts";

/** A row that is shown. */
export interface Member {
  /** Its number in the source. */
  readonly id: number;
  readonly name?: string;
  readonly text?: string;
  /** `data:` address of a PNG file. */
  readonly image?: string;
  /** Its class, if it has one. */
  readonly label?: string;
  /** Distance to the centre of the cluster, in the space of the codes. */
  readonly distance: number;
}

/** A column of a table in one cluster. */
export interface Feature {
  readonly name: string;
  /** Mean of the cluster less the mean of all rows, in standard deviations of all rows. */
  readonly deviation: number;
  /** Mean of the cluster in the column's own unit. */
  readonly mean: number;
}

/** What is shown of a cluster. */
export interface ClusterGallery {
  readonly cluster: number;
  readonly size: number;
  /** Nearest to the centre, nearest first; the first is the medoid. */
  readonly typical: readonly Member[];
  /** Farthest from it, farthest first. */
  readonly atypical: readonly Member[];
  /** The columns that differ most, for tables. */
  readonly features?: readonly Feature[];
  /** Silhouette values from the largest to the smallest, or 100 quantiles of them. */
  readonly silhouettes?: readonly number[];
}

/** `gallery.json` of a run. */
export interface Gallery {
  readonly clusters: readonly ClusterGallery[];
  /** Pictures of some rows, evenly spaced, by their number in the source. */
  readonly thumbnails?: Readonly<Record<number, string>>;
}

/** What a gallery is made from: a data set and what was found in it. */
export interface GalleryInput {
  readonly kind: "images" | "table" | "text";
  readonly n: number;
  readonly shape: readonly number[];
  /** Row-major; may be empty, as when rows are streamed: then there are no images or features. */
  readonly data: Uint8Array | Float32Array;
  readonly columns: readonly string[];
  readonly ids: ArrayLike<number>;
  readonly names?: readonly (string | null)[];
  /** By their rows; needed are those of {@link membersOf}. */
  readonly texts?: { readonly [row: number]: string };
  readonly labels?: ArrayLike<number>;
  readonly labelNames?: readonly string[];
  /** Cluster of each row, 0 to clusters - 1. */
  readonly clusters: ArrayLike<number>;
  readonly count: number;
  /** Distance of each row to its centre. */
  readonly distances: ArrayLike<number>;
  /** Silhouette of each row, NaN where it was not taken. */
  readonly silhouettes?: ArrayLike<number>;
  /** Undoes the scaling of a table's column, for means in its own unit. */
  readonly original?: (column: number, value: number) => number;
}

/** Members of either kind, characters of a text, columns of a table. */
const SHOWN = 12, LETTERS = 240, FEATURES = 12;
/** Quantiles of the silhouettes. */
const QUANTILES = 100;
/** Rows with a picture of their own, and numbers in one, at most. */
const THUMBNAILS = 1000, PIXELS = 4096;

/** What members of clusters are chosen by. */
type Clustered = Pick<GalleryInput, "n" | "clusters" | "count" | "distances">;

/** Of each cluster its rows from the nearest to the farthest, and those of them that are shown. */
export function membersOf({ n, clusters, count, distances }: Clustered) {
  const rows: number[][] = Array.from({ length: count }, () => []);
  for (let row = 0; row < n; row++) rows[clusters[row]]?.push(row);
  return rows.map((members) => {
    const near = members.toSorted((a, b) => distances[a] - distances[b] || a - b);
    const most = Math.min(SHOWN, Math.ceil(near.length / 2));
    const atypical = near.slice(most).slice(-SHOWN).reverse();
    return { members, typical: near.slice(0, most), atypical };
  });
}

/** Makes the gallery of a clustering. The same input gives the same gallery. */
export function galleryOf(input: GalleryInput): Gallery {
  const moments = input.kind === "table" && input.data.length > 0 ? momentsOf(input) : undefined;
  return {
    clusters: membersOf(input).map(({ members, typical, atypical }, cluster) => {
      const { silhouettes } = input;
      return {
        cluster,
        size: members.length,
        typical: typical.map((row) => memberOf(input, row)),
        atypical: atypical.map((row) => memberOf(input, row)),
        ...moments && members.length > 0 && { features: featuresOf(input, members, moments) },
        ...silhouettes && {
          silhouettes: quantiles(
            members.map((row) => silhouettes[row]).filter((value) => !Number.isNaN(value)),
          ),
        },
      };
    }),
    ...hasImages(input) && { thumbnails: thumbnails(input) },
  };
}

function hasImages({ kind, shape, data }: GalleryInput): boolean {
  return kind === "images" && data.length > 0 && shape.reduce((a, b) => a * b, 1) <= PIXELS;
}

function thumbnails(input: GalleryInput): Record<number, string> {
  const count = Math.min(THUMBNAILS, input.n);
  const rows = Array.from({ length: count }, (_, i) => Math.floor(i * input.n / count));
  return Object.fromEntries(rows.map((row) => [input.ids[row], imageOf(input, row)]));
}

function memberOf(input: GalleryInput, row: number): Member {
  const { names, texts, labels, labelNames } = input;
  const name = names?.[row],
    label = labels && labels[row] >= 0 ? labelNames?.[labels[row]] : undefined;
  return {
    id: input.ids[row],
    ...name != null && { name },
    ...texts && { text: harmless(texts[row], LETTERS) },
    ...input.kind === "images" && input.data.length > 0 && { image: imageOf(input, row) },
    ...label !== undefined && { label },
    distance: Number(input.distances[row].toPrecision(5)),
  };
}

/** A row's picture: grey or red, green, blue. */
function imageOf({ data, shape: [height, width, channels] }: GalleryInput, row: number): string {
  const size = height * width * channels;
  const pixels = Uint8Array.from(data.subarray(row * size, (row + 1) * size));
  return `data:image/png;base64,${base64(encodePng({ width, height, channels, data: pixels }))}`;
}

/** Bytes as base64. */
export function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text);
}

/** Mean and standard deviation of each column over all rows. */
function momentsOf({ data, shape: [width], n }: GalleryInput) {
  const mean = new Float64Array(width), deviation = new Float64Array(width);
  for (let row = 0; row < n; row++) {
    for (let j = 0; j < width; j++) mean[j] += data[row * width + j];
  }
  mean.forEach((sum, j) => mean[j] = sum / n);
  for (let row = 0; row < n; row++) {
    for (let j = 0; j < width; j++) deviation[j] += (data[row * width + j] - mean[j]) ** 2;
  }
  deviation.forEach((sum, j) => deviation[j] = Math.sqrt(sum / n));
  return { mean, deviation };
}

function featuresOf(
  { data, shape: [width], columns, original }: GalleryInput,
  rows: readonly number[],
  { mean, deviation }: { readonly mean: Float64Array; readonly deviation: Float64Array },
): Feature[] {
  const features = Array.from({ length: width }, (_, j) => {
    const own = rows.reduce((sum, row) => sum + data[row * width + j], 0) / rows.length;
    const step = deviation[j] > 0 ? (own - mean[j]) / deviation[j] : 0;
    return {
      name: columns[j] ?? `column ${j}`,
      deviation: Number(step.toFixed(4)),
      mean: Number((original?.(j, own) ?? own).toPrecision(6)),
    };
  });
  return features.sort((a, b) => Math.abs(b.deviation) - Math.abs(a.deviation)).slice(0, FEATURES);
}

/** Values from the largest to the smallest; of many, as many quantiles. */
function quantiles(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => b - a), last = sorted.length - 1;
  const kept = sorted.length <= QUANTILES
    ? sorted
    : Array.from({ length: QUANTILES }, (_, q) => sorted[Math.round(q * last / (QUANTILES - 1))]);
  return kept.map((v) => Number(v.toFixed(4)));
}
