/**
 * Clustering and maps by packages of npm as peers, each in a process of its own.
 *
 *     deno run -A bench/peers/js.ts --pair ml-kmeans/kmeans [--seconds 6]
 *
 * Prints one JSON line: the median time of a fit, and what was found, for the caller to judge. Data
 * and settings are those of `suites/js_peers.ts`. After a fit of few points, for the compiler, fits
 * are repeated until `--seconds` are over, three of them at most. What a package does beside its
 * task (tsne-js copies the map for listeners at each iteration) counts.
 */

import { readFile } from "node:fs/promises";
import process from "node:process";
import { parseArgs } from "node:util";
import { blobs, firstCentres } from "../suites/blobs.ts";
import { DIM, type Found, type Pair, PAIRS, WORK } from "../suites/js_peers.ts";
import { Philox } from "../../shell/random.ts";

type Rows = number[][];
type Fit = (rows: Rows) => Promise<Found> | Found;

/** Fits at most, and rows of the fit before them. */
const MOST = 3, FEW = 60;

const rowsOf = (values: Float32Array): Rows =>
  Array.from(
    { length: values.length / DIM },
    (_, i) => Array.from(values.subarray(i * DIM, (i + 1) * DIM)),
  );

/** Centres to start from: the same as ours, as long as there are that many rows. */
const starts = (rows: Rows) =>
  rowsOf(firstCentres(Float32Array.from(rows.flat()), DIM, WORK.kmeans.clusters));

/** A tree as this package gives it: of the two children, either order. */
interface Node {
  readonly isLeaf: boolean;
  readonly height: number;
  group(count: number): { children: { indices(): number[] }[] };
  traverse(visit: (node: Node) => void): void;
}

function readTree(root: Node, n: number): Found {
  const heights: number[] = [];
  root.traverse((node) => void (node.isLeaf || heights.push(node.height)));
  const groups = root.group(Math.min(n, WORK.ward.clusters)).children;
  const labels: number[] = new Array(n).fill(0);
  groups.forEach((group, label) => group.indices().forEach((i) => labels[i] = label));
  return { labels, heights: heights.sort((a, b) => a - b) };
}

async function tree(method: string): Promise<Fit> {
  const { agnes } = await import("ml-hclust");
  return (rows) => readTree(agnes(rows, { method } as object) as unknown as Node, rows.length);
}

const MAKE: Record<Pair, () => Promise<Fit>> = {
  "ml-kmeans/kmeans": async () => {
    const { kmeans } = await import("ml-kmeans");
    const { clusters, maxIterations } = WORK.kmeans;
    return (rows) => {
      const options = { initialization: starts(rows), maxIterations, tolerance: 0 };
      const { clusters: labels, centroids, iterations } = kmeans(rows, clusters, options);
      return { labels, centres: centroids.flat(), iterations };
    };
  },
  "skmeans/kmeans": async () => {
    const skmeans = (await import("skmeans")).default;
    const { clusters, maxIterations } = WORK.kmeans;
    return (rows) => {
      const found = skmeans(rows, clusters, starts(rows), maxIterations);
      return { labels: found.idxs, centres: found.centroids.flat(), iterations: found.it };
    };
  },
  "density-clustering/dbscan": async () => {
    const { DBSCAN } = (await import("density-clustering")).default;
    const { eps, minPoints } = WORK.dbscan;
    return (rows) => {
      const groups: number[][] = new DBSCAN().run(rows, eps, minPoints);
      // Its list of noise keeps border points that a cluster took later.
      const labels: number[] = new Array(rows.length).fill(-1);
      groups.forEach((group, label) => group.forEach((i) => labels[i] = label));
      return { labels };
    };
  },
  "ml-hclust/single": () => tree("single"),
  "ml-hclust/average": () => tree("average"),
  // Of its two kinds of Ward the one for distances that are not squared.
  "ml-hclust/ward": () => tree("ward2"),
  "tsne-js/tsne": async () => {
    const TSNE = (await import("tsne-js")).default;
    const { perplexity, iterations } = WORK.tsne;
    return (rows) => {
      const settings = { dim: 2, earlyExaggeration: 4, learningRate: 100, metric: "euclidean" };
      const few = Math.min(perplexity, rows.length / 4);
      const model = new TSNE({ ...settings, perplexity: few, nIter: iterations });
      model.init({ data: rows, type: "dense" });
      const [, reached] = model.run();
      return { map: model.getOutput().flat(), iterations: reached };
    };
  },
  "umap-js/umap": async () => {
    const { UMAP } = await import("umap-js");
    const { neighbours, epochs } = WORK.umap;
    return (rows) => {
      const random = new Philox(1, 2);
      const settings = { nComponents: 2, nNeighbors: neighbours, minDist: 0.1, nEpochs: epochs };
      return { map: new UMAP({ ...settings, random: () => random.uniform() }).fit(rows).flat() };
    };
  },
};

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

async function main(): Promise<void> {
  const { values: given } = parseArgs({
    options: {
      pair: { type: "string", default: PAIRS[0] },
      seconds: { type: "string", default: "6" },
    },
  });
  const name = given.pair as Pair;
  const [peer, work] = name.split("/") as [string, keyof typeof WORK];
  const { version } = JSON.parse(await readFile(`node_modules/${peer}/package.json`, "utf8"));
  const fit = await MAKE[name]();
  const rows = rowsOf(blobs(WORK[work].rows, DIM));
  await fit(rows.slice(0, FEW));
  const ms: number[] = [];
  let found: Found = {};
  const end = performance.now() + 1000 * Number(given.seconds);
  do {
    const since = performance.now();
    found = await fit(rows);
    ms.push(performance.now() - since);
  } while (ms.length < MOST && performance.now() < end);
  const line = { name, median_ms: median(ms), runs: ms.length, version, found };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

await main();
