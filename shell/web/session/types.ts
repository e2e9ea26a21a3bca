/** What a page and its training worker tell each other. */

import type { Overrides } from "../../data/roles.ts";
import type { Gallery } from "../../report/gallery.ts";
import type { WordsOfClusters } from "../../report/input.ts";
import type { ClusteringName, RunValues } from "../../run/defaults.ts";

/** Rows to read: files that a person chose, an address, or `owner/name` of the Hugging Face Hub. */
export type DataChoice = string | readonly Blob[];

/** What is read, and how. */
export interface InspectRequest {
  readonly data: DataChoice;
  readonly overrides?: Overrides;
  readonly limit?: number;
  readonly config?: string;
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
  readonly name: string;
  /** What it is for: "text", "label", "id", "number", "category", "date", "image", "left out". */
  readonly role: string;
}

/** What is in a data set. */
export interface Inspection {
  readonly name: string;
  readonly kind: "images" | "table" | "text";
  readonly n: number;
  readonly shape: readonly number[];
  readonly columns: readonly FoundColumn[];
  readonly labelNames: readonly string[];
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
  readonly name: string;
  readonly blob: Blob;
}

/** What a run found. */
export interface SessionResult {
  readonly name: string;
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly losses: Readonly<Record<string, readonly number[]>>;
  readonly warnings: readonly string[];
  readonly count: number;
  readonly ids: Int32Array;
  readonly clusters: Int32Array;
  readonly positions?: Float32Array;
  readonly labels?: Int32Array;
  readonly labelNames?: readonly string[];
  readonly names?: readonly (string | null)[];
  readonly texts?: readonly string[];
  readonly gallery: Gallery;
  readonly words?: WordsOfClusters;
  /** `run.json` */
  readonly run: Readonly<Record<string, unknown>>;
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
