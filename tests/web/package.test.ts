/** What pages get: sizes, and the examples of the documentation, opened as they are. */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { asterism, writeTable } from "../cli/asterism.ts";
import { axe, launch, open } from "./site.ts";

const test = suite("package");

let browser: Browser, folder = "";
const servers: Server[] = [];
test.before(async () => {
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), "asterism-web-"));
  const table = await writeTable(join(folder, "table.parquet"));
  const { code, err } = await asterism([
    ...["train", "--data", table, "--hidden", "16", "--embedding", "3", "--epochs", "5", "--quiet"],
    ...["--out", folder, "--name", "run", "--device", "wasm"],
  ]);
  assert.is(code, 0, err);
});
test.after(async () => {
  await browser.close();
  servers.forEach((server) => (server.closeAllConnections(), server.close()));
  await rm(folder, { recursive: true, force: true });
});

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

/** Serves the repository, and a run below /run/, with or without the headers for threads. */
function serve(isolated: boolean): Promise<string> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url!, "http://localhost");
    // Browsers ask for one by themselves.
    if (pathname === "/favicon.ico") return response.writeHead(204).end();
    const at = pathname.startsWith("/run/") ? join(folder, pathname) : `.${pathname}`;
    const body = await readFile(at).catch(() => null);
    response.writeHead(body ? 200 : 404, {
      "Content-Type": TYPES[extname(at)] ?? "application/octet-stream",
      ...isolated && {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
      },
    }).end(body ?? undefined);
  });
  servers.push(server);
  return new Promise((resolve) =>
    server.listen(
      0,
      "127.0.0.1",
      () => resolve(`http://localhost:${(server.address() as AddressInfo).port}/`),
    )
  );
}

test("the core is below 60 KB, an engine below 120 KB, the map below 40 KB, packed", async () => {
  const limits = {
    "core.js": 60_000,
    "engine.simd.wasm": 120_000,
    "engine.relaxed.wasm": 120_000,
    "map.js": 40_000,
  };
  for (const [name, limit] of Object.entries(limits)) {
    const { length } = gzipSync(await readFile(`dist/${name}`), { level: 9 });
    assert.ok(length < limit, `${name}: ${length} bytes`);
  }
});

for (const isolated of [true, false]) {
  const how = isolated ? "isolated" : "not isolated";

  test(`${how}: K-Means in ten lines`, async () => {
    const { page, faults } = await open(
      browser,
      `${await serve(isolated)}docs/examples/engine.html`,
    );
    await page.waitForFunction(() => /clusters/.test(document.getElementById("out")!.textContent!));
    const said = (await page.textContent("#out"))!;
    assert.match(said, /^3 clusters, inertia \d+\.\d, on WASM/);
    assert.is(/\d workers/.test(said), isolated);
    assert.equal(faults, []);
    await page.close();
  });

  test(`${how}: training on a file, and stopping it`, async () => {
    const { page } = await open(browser, `${await serve(isolated)}docs/examples/train.html`);
    await page.setInputFiles("#file", "shell/web/samples/penguins.csv");
    await page.waitForFunction(() =>
      /^3 clusters, silhouette 0\.\d/.test(document.getElementById("out")!.textContent!)
    );
    await page.setInputFiles("#file", "shell/web/samples/glosses.csv");
    await page.waitForFunction(() => /^epoch/.test(document.getElementById("out")!.textContent!));
    await page.click("#stop");
    await page.waitForFunction(() => document.getElementById("out")!.textContent === "stopped");
    await page.close();
  });
}

test("the map of a run, from its file, and of one that is not there", async () => {
  const site = await serve(false);
  const { page } = await open(
    browser,
    `${site}docs/examples/map.html?src=/run/assignments.parquet`,
  );
  await page.locator("#map .legend button").nth(2).waitFor();
  assert.is(await page.locator("#map .legend button").count(), 3);
  await page.goto(`${site}docs/examples/map.html`);
  await page.locator("#map .error").waitFor();
  assert.match((await page.textContent("#map .error"))!, /assignments\.parquet cannot be read: /);
  await page.close();
});

test("the report opens from disk, runs under its own policy and is accessible", async () => {
  const context = await browser.newContext({ offline: true });
  const page = await context.newPage();
  const said: string[] = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(error.message));
  await page.goto(`file://${join(folder, "run", "report.html")}`);
  await page.locator("asterism-map .legend button").nth(2).waitFor();
  await page.fill("#search", "row 7");
  assert.match((await page.textContent("#found"))!, /^\d+ rows found/);
  assert.ok(await page.locator("#chosen li").count() > 0);
  await page.selectOption("#colours", "label");
  assert.equal(said, []);
  // Its policy lets in nothing that it does not bring along itself.
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "globalThis.ran = true";
    const image = new Image();
    image.setAttribute("onerror", "globalThis.ran = true");
    image.src = "data:,";
    document.body.append(script, image);
    return new Promise((resolve) => image.addEventListener("error", resolve));
  });
  assert.is(await page.evaluate(() => "ran" in globalThis), false);
  assert.is(said.length, 2);
  assert.ok(said.every((text) => text.includes("Content Security Policy")), said.join("\n"));
  await context.close();
});

test("axe finds no serious fault in a report", async () => {
  const { page } = await open(browser, `${await serve(false)}run/report.html`, { bypassCSP: true });
  await page.locator("asterism-map .legend button").nth(2).waitFor();
  assert.equal(await axe(page), []);
  await page.close();
});

test.run();
