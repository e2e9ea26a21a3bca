/** Runs a bundle of test files in a page of headless Chromium. */

import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { CHROMIUM, STALL, type Tracker } from "../tools.ts";
import { REPORT } from "./collect.ts";

/** WebGPU on SwiftShader, and a browser that leaves the network alone. */
const FLAGS = [
  "--no-sandbox",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  "--use-vulkan=swiftshader",
  "--use-angle=swiftshader",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
];

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".map": "application/json",
  ".wasm": "application/wasm",
};

const PAGE =
  '<!doctype html><title>tests</title><link rel="icon" href="data:,"><script type="module" src="/tests/entry.js">' +
  "</script>";

/** What a page is served from. */
export interface Site {
  /** Folder of the bundled tests, at /tests/. */
  readonly tests: URL;
  /** Folder of the built library, at /dist/. */
  readonly dist: URL;
  /** Send the headers of cross-origin isolation, without which a page has no shared memory. */
  readonly isolated: boolean;
}

function serve(site: Site): Promise<Server> {
  const isolation = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
  };
  const server = createServer(async (request, response) => {
    const path = new URL(request.url!, "http://localhost").pathname;
    const [, folder, ...rest] = path.split("/");
    const base = { tests: site.tests, dist: site.dist }[folder];
    try {
      const body = path === "/" ? PAGE : await readFile(new URL(rest.join("/"), base));
      response.writeHead(200, {
        "Content-Type": TYPES[path === "/" ? ".html" : extname(path)] ?? "text/plain",
        ...site.isolated ? isolation : {},
      }).end(body);
    } catch {
      response.writeHead(404, { "Content-Type": "text/plain" }).end(`no ${path}`);
    }
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

/**
 * Runs `/tests/entry.js` of a site in a fresh browser.
 * @param settings global variables of the page, as the environment has them elsewhere
 */
export async function runPage(
  site: Site,
  tracker: Tracker,
  settings: Record<string, string | undefined> = {},
): Promise<void> {
  const server = await serve(site);
  let browser: Browser | undefined;
  try {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    const page = await browser.newPage();
    await page.addInitScript(`Object.assign(globalThis, ${JSON.stringify(settings)})`);
    const { port } = server.address() as AddressInfo;
    await watch(page, tracker, async () => {
      await page.goto(`http://127.0.0.1:${port}/`);
      const isolated = await page.evaluate("crossOriginIsolated");
      if (isolated !== site.isolated) throw new Error(`crossOriginIsolated is ${isolated}`);
    });
  } catch (error) {
    tracker.breakdown((error as Error).message);
  } finally {
    await browser?.close();
    server.closeAllConnections();
    server.close();
  }
}

/** Waits for the page's last report; rejects when it crashes, throws or falls silent. */
function watch(page: Page, tracker: Tracker, start: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const silent = () => reject(new Error(`no sign of life for ${STALL / 1000} s`));
    let timer = setTimeout(silent, STALL);
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(silent, STALL);
    };
    const end = (act: () => void) => () => {
      clearTimeout(timer);
      act();
    };
    const stop = (reason: string) => end(() => reject(new Error(reason)))();
    page.on("crash", () => stop("the page crashed"));
    page.on("close", () => stop("the browser went away"));
    page.on("pageerror", (error) => stop(error.stack ?? error.message));
    page.on("console", (message) => {
      alive();
      if (message.type() === "error") console.error(message.text());
    });
    page.exposeFunction(REPORT, (text: string) => {
      alive();
      if (tracker.take(JSON.parse(text))) end(resolve)();
    }).then(start).catch((error) => stop(error.message));
  });
}
