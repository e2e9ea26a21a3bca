/** What a page and its training worker tell each other. */

import type { Overrides } from "../../data/roles.ts";
import type { Gallery } from "../../report/gallery.ts";
import type { WordsOfClusters } from "../../report/input.ts";
import type { ClusteringName, RunValues } from "../../run/defaults.ts";

/** Rows to read: files that a person chose, an address, or `owner/name` of the Hugging Face Hub. */
export type DataChoice = string | readonly Blob[];

/** What is read, and how. */
export interface InspectRequest {
  /** The files, an address, or `owner/name[:config]` of the Hub. */
  readonly data: DataChoice;
  /** What columns are for, where a person knows better than the look at them. */
  readonly overrides?: Overrides;
  /** Use at most so many rows. */
  readonly limit?: number;
  /** A configuration of a data set of the Hub. */
  readonly config?: string;
  /** Splits to read, with commas between; all by default. */
  readonly split?: string;
  /** Opens gated and private data sets; it goes to the Hub alone and into no result. */
  readonly token?: string;
  /** Address of another Hub, such as a mirror; by default https://huggingface.co. */
  readonly endpoint?: string;
}

/** A training run. */
export interface TrainRequest extends InspectRequest {
  /** Default `autoencoder`. */
  readonly method?: ClusteringName;
  /** Settings by the names of the command line; the rest as there by default. */
  readonly settings?: Partial<RunValues>;
  /** Default `pca`. */
  readonly map?: "pca" | "tsne" | "umap" | "none";
  /** Default `auto`: a hardware GPU if there is one, else WebAssembly. */
  readonly device?: "auto" | "webgpu" | "wasm";
  /** Threads of WebAssembly; default one per core. */
  readonly workers?: number;
  /** Part of the name of a GPU adapter. */
  readonly adapter?: string;
}

/** A column as it was found. */
export interface FoundColumn {
  /** As in the file. */
  readonly name: string;
  /** What it is for: "text", "label", "id", "number", "category", "date", "image", "left out". */
  readonly role: string;
}

/** What is in a data set. */
export interface Inspection {
  /** Of the data set, or of its first file. */
  readonly name: string;
  /** What its rows are. */
  readonly kind: "images" | "table" | "text";
  /** Rows. */
  readonly n: number;
  /** Of a row: `[height, width, channels]` of an image, `[numbers]` of others. */
  readonly shape: readonly number[];
  /** The columns and what they are for. */
  readonly columns: readonly FoundColumn[];
  /** Names of the classes; empty without classes. */
  readonly labelNames: readonly string[];
  /** What was noticed while reading, in sentences. */
  readonly notes: readonly string[];
  /** What the cells of the sample are. */
  readonly head: readonly string[];
  /** The first rows, for people: cells as text, or a picture as `data:` address. */
  readonly sample: readonly {
    readonly cells: readonly string[];
    readonly image?: string;
    readonly label?: string;
  }[];
}

/** What is told while a run goes on. */
export type SessionEvent =
  | { readonly type: "device"; readonly description: string; readonly why: string }
  | { readonly type: "rows"; readonly inspection: Inspection }
  | {
    readonly type: "stage";
    readonly stage: string;
    readonly share: number;
    readonly text: string;
  }
  | { readonly type: "warning"; readonly text: string }
  | {
    readonly type: "progress";
    readonly phase: string;
    readonly epoch: number;
    readonly epochs: number;
    /** Of this epoch, 0 to 1. */
    readonly share: number;
    readonly loss: number;
    /** Samples a second, and seconds that are left. */
    readonly rate: number;
    readonly left: number;
  }
  | {
    /** Where some rows are on a map of their codes, as they are now. */
    readonly type: "snapshot";
    readonly rows: Uint32Array;
    readonly positions: Float32Array;
    readonly clusters: Int32Array;
    readonly labels?: Int32Array;
    readonly labelNames?: readonly string[];
    /** Of these rows and clusters: silhouette and, with classes, accuracy, nmi and ari. */
    readonly scores: Readonly<Record<string, number>>;
  };

/** A file to download: what the command line writes. */
export interface SessionFile {
  /** Name of the file, without a folder. */
  readonly name: string;
  /** Its content. */
  readonly blob: Blob;
}

/** What a run found. */
export interface SessionResult {
  /** Name of the data set. */
  readonly name: string;
  /** Scores by name, as the command line prints them; null where one is not defined. */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Loss of each epoch, by phase. */
  readonly losses: Readonly<Record<string, readonly number[]>>;
  /** What a person should know of the result, in sentences. */
  readonly warnings: readonly string[];
  /** Number of clusters. */
  readonly count: number;
  /** Row numbers in the source, from 0, [n]. */
  readonly ids: Int32Array;
  /** Cluster of each row, [n]. */
  readonly clusters: Int32Array;
  /** Places on the map, [n, 2]; none with `map: "none"`. */
  readonly positions?: Float32Array;
  /** Class of each row, an index into `labelNames`, below 0 for none, [n]. */
  readonly labels?: Int32Array;
  /** Names of the classes. */
  readonly labelNames?: readonly string[];
  /** Name of each row, where the data name their rows. */
  readonly names?: readonly (string | null)[];
  /** Text of each row, where rows are texts. */
  readonly texts?: readonly string[];
  /** Typical and untypical members of each cluster. */
  readonly gallery: Gallery;
  /** Of texts: the words of each cluster. */
  readonly words?: WordsOfClusters;
  /** `run.json` */
  readonly run: Readonly<Record<string, unknown>>;
  /** All files that the command line would write. */
  readonly files: readonly SessionFile[];
}

/** From the page to the worker. */
export type ToWorker =
  | { readonly type: "inspect"; readonly request: InspectRequest }
  | { readonly type: "train"; readonly request: TrainRequest; readonly assets: string }
  | { readonly type: "pause" | "resume" | "cancel" };

/** From the worker to the page. */
export type FromWorker =
  | { readonly type: "event"; readonly event: SessionEvent }
  | { readonly type: "inspected"; readonly inspection: Inspection }
  | { readonly type: "finished"; readonly result: SessionResult }
  | { readonly type: "failed"; readonly name: string; readonly message: string };
