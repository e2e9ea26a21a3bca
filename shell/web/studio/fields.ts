/** What a person can set in the studio. */

import { CLUSTERING, type ClusteringName } from "../../run/defaults.ts";

/** One setting. */
export interface Field {
  /** As on the command line. */
  readonly name: string;
  readonly label: string;
  readonly kind: "number" | "choice" | "flag" | "list";
  readonly min?: number;
  readonly max?: number;
  /** Whole numbers unless this is given. */
  readonly step?: number;
  readonly choices?: readonly (readonly [value: string, text: string])[];
  /** Shown for these methods only. */
  readonly methods?: readonly ClusteringName[];
  /** In the part that is folded away. */
  readonly more?: boolean;
  /** Shown where nothing is set. */
  readonly empty?: string;
  /** Not among the method's settings. */
  readonly outer?: boolean;
}

const TEXTS: Readonly<Record<ClusteringName, string>> = {
  autoencoder: "autoencoder, then K-Means",
  dec: "DEC: deep embedded clustering",
  idec: "IDEC: DEC that reconstructs",
  dcn: "DCN: deep clustering network",
  siamese: "Siamese, from neighbours",
  triplet: "triplet, from neighbours",
};
const REFINED = ["dec", "idec", "dcn"] as const;

/** The settings in the order of the page. */
export const FIELDS: readonly Field[] = [
  {
    ...{ name: "method", label: "Method", kind: "choice", outer: true },
    choices: CLUSTERING.map((name) => [name, TEXTS[name]] as const),
  },
  {
    name: "clusters",
    label: "Clusters",
    kind: "number",
    min: 1,
    max: 65_536,
    empty: "classes, or 10",
  },
  { name: "embedding", label: "Numbers in a code", kind: "number", min: 1, max: 4096 },
  { name: "epochs", label: "Epochs", kind: "number", min: 1, max: 100_000 },
  {
    ...{
      name: "refine-epochs",
      label: "Epochs of refinement",
      kind: "number",
      min: 1,
      max: 100_000,
    },
    methods: REFINED,
  },
  {
    ...{ name: "map", label: "Map", kind: "choice", outer: true },
    choices: [["pca", "PCA"], ["tsne", "t-SNE"], ["umap", "UMAP"], ["none", "none"]],
  },
  {
    ...{ name: "device", label: "Device", kind: "choice", outer: true },
    choices: [["auto", "best there is"], ["webgpu", "WebGPU"], ["wasm", "WebAssembly"]],
  },
  { name: "seed", label: "Seed", kind: "number", min: 0, max: 4_294_967_295 },
  {
    ...{ name: "network", label: "Network", kind: "choice", more: true },
    choices: [["dense", "dense"], ["conv", "convolutions, for images"]],
  },
  { name: "hidden", label: "Hidden layers", kind: "list", min: 1, max: 65_536, more: true },
  { name: "batch", label: "Rows in a step", kind: "number", min: 3, max: 65_536, more: true },
  {
    name: "rate",
    label: "Learning rate",
    kind: "number",
    min: 1e-9,
    max: 10,
    step: 1e-4,
    more: true,
  },
  { name: "starts", label: "K-Means starts", kind: "number", min: 1, max: 1000, more: true },
  {
    ...{ name: "normalise", label: "Codes before K-Means", kind: "choice", more: true },
    choices: [["", "cosine for images"], ["cosine", "cosine"], ["none", "as they are"]],
  },
  {
    ...{ name: "gamma", label: "Weight of the clustering loss", kind: "number", min: 0, max: 1e6 },
    ...{ step: 0.01, methods: ["idec", "dcn"], more: true },
  },
  {
    ...{ name: "pairs", label: "What belongs together", kind: "choice", more: true },
    choices: [["neighbours", "nearest rows"], ["labels", "rows of one class"]],
    methods: ["siamese", "triplet"],
  },
  { name: "augment", label: "Rotate and shift images", kind: "flag", more: true },
  { name: "dropout", label: "Dropout", kind: "number", min: 0, max: 0.99, step: 0.05, more: true },
  { name: "adapter", label: "GPU adapter", kind: "list", outer: true, more: true, empty: "any" },
];
