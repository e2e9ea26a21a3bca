/** What the bench is asked for on its command line. */

import process from "node:process";
import { parseArgs } from "node:util";

export const HELP = `Measures Asterism beside its peers and writes bench/results/NAME.json.

Usage: deno task bench [SECTION...] [options]

Sections (default: all):
  products   matrix products in Deno, Node and Chromium, as shares of the multiply-add peak
  convolutions  convolutions of an autoencoder, as shares of the rate of the dense product
  kernels    memory-bound kernels, as shares of the rate of copying
  steps      training steps on WASM, against PyTorch, tfjs-wasm and tfjs-cpu
  gpu        training steps on WebGPU in Chromium, against tfjs-webgpu on the same adapter
  clusters   K-Means, silhouette and scores by centres, against scikit-learn
  dbscan     DBSCAN of 20,000 points, against each algorithm of scikit-learn
  trees      hierarchical clustering and mixtures, against scikit-learn and scipy
  projections  t-SNE of 10,000 points, against scikit-learn
  peers-js   clusterings and maps of few points, against packages of npm
  growth     time and memory as n grows to a million, in a table and a plot
  host       small calls, encoding

  frames     frames of a map of 70,000 points in the studio, idle and while it trains, on the
             adapter's GPU: deno task bench frames --adapter nvidia
  images     60,000 PNG rows of a Parquet file, decoded and on the device
  stream     memory and time of a training whose rows are read in parts
  hardware   steps, products and clusterings on a GPU, against its peak and our WASM; only if it
             is named: deno task bench hardware --adapter nvidia
  quality    accuracy, NMI and ARI of a method by seed; only if it is named

Options:
  --runs N        samples of each measurement [30]
  --method NAME   quality: the method [autoencoder]
  --seeds A,B,C   quality: one run for each [1,2,3]
  --keep DIR      quality: keep the runs there, as METHOD-SEED
  -- OPTIONS      quality: more options of asterism train METHOD; {seed} stands for the seed
  --limit S       growth: seconds of a fit after which n grows no more [20]
  --largest N     growth: points at most [1000000]
  --adapter NAME  WebGPU adapter [swiftshader]
  --name NAME     of the result file [the processor]
`;

export const SECTIONS = [
  "products",
  "convolutions",
  "kernels",
  "steps",
  "gpu",
  "clusters",
  "dbscan",
  "trees",
  "projections",
  "peers-js",
  "growth",
  "host",
  "frames",
  "images",
  "stream",
];
const NAMED = ["hardware", "quality"];
const end = process.argv.indexOf("--", 2);
export const passed = end < 0 ? [] : process.argv.slice(end + 1);
export const { values: options, positionals } = parseArgs({
  args: process.argv.slice(2, end < 0 ? undefined : end),
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "30" },
    adapter: { type: "string", default: "swiftshader" },
    name: { type: "string" },
    method: { type: "string", default: "autoencoder" },
    seeds: { type: "string", default: "1,2,3" },
    keep: { type: "string" },
    limit: { type: "string", default: "20" },
    largest: { type: "string", default: "1000000" },
    help: { type: "boolean", default: false },
  },
});

/** What is wrong with it, if anything. */
export function problem(): string | undefined {
  const unknown = positionals.find((name) => ![...SECTIONS, ...NAMED].includes(name));
  if (unknown) return `unknown section "${unknown}"; see --help`;
  if (!(Number(options.runs) >= 3)) return "--runs must be 3 or more";
  if (!(Number(options.limit) > 0)) return "--limit must be more than 0 seconds";
  if (!(Number(options.largest) >= 1000)) return "--largest must be 1000 points or more";
}
