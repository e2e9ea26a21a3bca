/** A browser and the real server of the studio, for tests that drive whole pages. */

import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import process from "node:process";
import { type Browser, chromium, type Page } from "playwright-core";
import { CHROMIUM } from "../tools.ts";

/** WebGPU and WebGL on SwiftShader, and a browser that leaves the network alone. */
const FLAGS = [
  "--no-sandbox",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  "--use-vulkan=swiftshader",
  "--use-angle=swiftshader",
  "--disable-background-networking",
  "--disable-component-update",
  "--no-first-run",
];

/** Starts a browser. */
export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** A server of `asterism web` on a free port. */
export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the server as a person does. @param env more variables of the environment */
export function serve(options: string[] = [], env: Record<string, string> = {}): Promise<Site> {
  const args = ["run", "-A", "shell/cli/main.ts", "web", "--port", "0", ...options];
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  return new Promise((resolve, reject) => {
    let out = "";
    child.on("error", reject);
    child.stdout!.on("data", (bytes) => {
      out += bytes;
      const [url] = /http:\S+/.exec(out) ?? [];
      if (url) {
        resolve({
          url,
          close: () =>
            new Promise((done) => {
              child.on("close", () => done());
              child.kill("SIGTERM");
            }),
        });
      }
    });
  });
}

/** A page that notes what went wrong in it. */
export interface Watched {
  readonly page: Page;
  /** Errors, refused loads and messages of the console. */
  readonly faults: string[];
}

/** Opens a page. */
export async function open(
  browser: Browser,
  url: string,
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<Watched> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, ...options });
  // A busy machine is no fault.
  page.setDefaultTimeout(120_000);
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.stack ?? error.message));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  await page.goto(url);
  return { page, faults };
}

/** Serious faults that axe-core finds in a page, with where they are. */
export async function axe(page: Page): Promise<string[]> {
  // Its script is not the page's: the policy of the page does not hold for it here.
  await page.evaluate(await readFile("node_modules/axe-core/axe.min.js", "utf8"));
  return await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as {
      axe: {
        run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
      };
    }).axe.run();
    return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
  });
}
