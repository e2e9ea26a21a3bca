/** Runs a measurement in Deno, Node or headless Chromium. */

import { build } from "esbuild";
import { mkdir, writeFile } from "node:fs/promises";
import { chromium } from "playwright-core";
import { measure, type Request } from "./entry.ts";
import { serve } from "./peers/serve.ts";
import type { Measurement } from "./suites/measure.ts";

/** Where a measurement runs. */
export type Runtime = "deno" | "node" | "chromium";

const ROOT = new URL("../", import.meta.url);

/** Where Chromium is, and what it is started with to offer WebGPU. */
export const CHROMIUM = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";
export const BROWSER = [
  "--no-sandbox",
  "--enable-unsafe-webgpu",
  "--no-first-run",
  "--disable-gpu-watchdog",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
];
/** What makes it take SwiftShader. */
export const SOFTWARE = [
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  "--use-vulkan=swiftshader",
  "--use-angle=swiftshader",
];

/** The environment in which Deno and Node find SwiftShader. */
export const SWIFTSHADER = {
  VK_ICD_FILENAMES: "/usr/lib/chromium/vk_swiftshader_icd.json",
  DENO_WEBGPU_BACKEND: "vulkan",
};

/** Measures in a runtime; each measurement says where. */
export async function measureIn(runtime: Runtime, request: Request): Promise<Measurement[]> {
  const run = { deno: measure, node: inNode, chromium: inChromium }[runtime];
  return (await run(request)).map((one) => ({ ...one, runtime }));
}

async function bundle(dist: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: new URL(".", ROOT).pathname,
    entryPoints: ["bench/entry.ts"],
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    external: ["node:*"],
    target: "es2022",
    loader: { ".wgsl": "text" },
    define: { ASTERISM_DIST: JSON.stringify(dist) },
    logLevel: "warning",
  });
  return outputFiles[0].text;
}

async function inNode(request: Request): Promise<Measurement[]> {
  // Inside the repository, so that npm webgpu is found.
  const folder = new URL(".cache/bench/", ROOT);
  await mkdir(folder, { recursive: true });
  const file = new URL("entry.mjs", folder);
  await writeFile(file, await bundle(new URL("dist/", ROOT).href));
  const { success, stdout, stderr } = await new Deno.Command("node", {
    args: [file.pathname, JSON.stringify(request)],
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(`Node: ${text.decode(stderr)}`);
  return JSON.parse(text.decode(stdout).trim().split("\n").at(-1)!);
}

async function inChromium(request: Request): Promise<Measurement[]> {
  const site = await serve({
    "/": '<!doctype html><title>bench</title><script type="module" src="/entry.js"></script>',
    "/entry.js": await bundle("./dist/"),
    "/dist/": new URL("dist/", ROOT),
  });
  const software = !request.adapter || request.adapter === "swiftshader";
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [...BROWSER, ...software ? SOFTWARE : []],
  });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(0);
    await page.goto(site.url);
    await page.waitForFunction(() => "measure" in globalThis);
    // As text: a function would lose the types of the page it runs in.
    return await page.evaluate(`measure(${JSON.stringify(request)})`);
  } finally {
    await browser.close();
    site.close();
  }
}
