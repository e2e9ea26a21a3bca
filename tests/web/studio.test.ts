/** The studio as a person uses it, from data to downloads, in each way that a page can run. */

import { Buffer } from "node:buffer";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import type { Browser, Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodePng, encodePng } from "../../shell/data/png.ts";
import { decodeNpy, decodeSafetensors } from "../../shell/data/index.ts";
import { downloaded, ended, link, ready } from "./studio.ts";
import { axe, launch, open, serve, type Site } from "./site.ts";

const test = suite("studio");

let site: Site, plain: Site, browser: Browser;
test.before(async () => {
  [site, plain, browser] = await Promise.all([serve(), serve(["--not-isolated"]), launch()]);
});
test.after(async () => {
  await browser.close();
  await Promise.all([site.close(), plain.close()]);
});

/** Counts the tasks of the page that take longer than 50 ms from now on. */
async function watchTasks(page: Page): Promise<() => Promise<number[]>> {
  await page.evaluate(() => {
    const tasks: number[] = [];
    new PerformanceObserver((list) => list.getEntries().forEach((one) => tasks.push(one.duration)))
      .observe({ type: "longtask" });
    Object.assign(globalThis, { tasks });
  });
  return () => page.evaluate(() => (globalThis as unknown as { tasks: number[] }).tasks);
}

test("images: sample, run, map, downloads that open, names, a second run to compare", async () => {
  const started = performance.now();
  const { page, faults } = await open(
    browser,
    link(site, { epochs: "2", hidden: "64", limit: "1500" }),
    {
      acceptDownloads: true,
    },
  );
  const load = performance.now() - started;
  const bytes = await page.evaluate(() =>
    performance.getEntriesByType("resource").reduce(
      (sum, one) => sum + (one as PerformanceResourceTiming).transferSize,
      0,
    )
  );
  assert.ok(
    bytes < 400_000,
    `${bytes} bytes before a data set is chosen, in ${load.toFixed(0)} ms`,
  );
  assert.equal(await axe(page), []);
  await page.getByRole("button", { name: "Sample: MNIST digits" }).click();
  await ready(page);
  assert.match(
    (await page.textContent("#data-said"))!,
    "1,500 images of 28 x 28 x 1 numbers; 10 classes",
  );
  await page.click("#train");
  assert.is(await ended(page), "done: 10 clusters of 1,500 rows");
  assert.match(
    (await page.textContent("#device"))!,
    /^WASM.* workers: this browser offers no hardware GPU/,
  );
  assert.match((await page.textContent("#scores"))!, /accuracy0\.\d{4}/);
  assert.is(await page.locator("#cards article").count(), 10);
  assert.is(await page.locator("#map .legend button").count(), 10);
  assert.equal(await axe(page), []);

  await page.getByLabel("name of cluster 3").fill("<b>mine</b>");
  await page.getByLabel("name of cluster 3").press("Tab");
  assert.match((await page.locator("#map .legend").textContent())!, "<b>mine</b>");
  const zip = unzipSync(await downloaded(page, "Download all (zip)"));
  assert.equal(Object.keys(zip).sort(), [
    "assignments.csv",
    "assignments.parquet",
    "embedding.npy",
    "gallery.json",
    "metadata.tsv",
    "model.json",
    "model.safetensors",
    "names.json",
    "report.html",
    "run.json",
    "vectors.tsv",
  ]);
  assert.is(JSON.parse(strFromU8(zip["names.json"]))[3].name, "<b>mine</b>");
  assert.equal(decodeNpy(zip["embedding.npy"]).shape, [1500, 10]);
  const { tensors } = decodeSafetensors(zip["model.safetensors"], "model");
  assert.ok(Object.keys(tensors).length > 4);
  await page.getByText("Pictures, to save as SVG or PNG").click();
  await page.locator("#pictures figure").nth(5).waitFor();
  assert.equal(await axe(page), []);
  const svg = strFromU8(await downloaded(page, "Save as SVG: contingency"));
  const [, wide, tall] = /width="(\d+)" height="(\d+)"/.exec(svg)!.map(Number);
  assert.not.match(svg, /var\(/);
  const png = decodePng(await downloaded(page, "Save as PNG: contingency"));
  assert.equal([png.width, png.height], [2 * wide, 2 * tall]);
  assert.equal([...png.data.subarray(0, 3)], [255, 255, 255]);
  assert.ok(new Set(png.data).size > 100, "colours and letters have many shades");
  const parquet = await downloaded(page, "assignments.parquet");
  const rows = await parquetReadObjects({ file: parquet.slice().buffer, compressors });
  assert.is(rows.length, 1500);
  const run = JSON.parse(strFromU8(zip["run.json"]));
  const csv = strFromU8(zip["assignments.csv"]).trim().split("\n");
  assert.is(csv.length, 1501);
  assert.ok(run.metrics.accuracy > 0.2, `${run.metrics.accuracy}`);

  await page.selectOption("#settings select >> nth=0", "siamese");
  await page.click("#train");
  assert.match(await ended(page), "done");
  await page.locator("#versus table").waitFor();
  assert.match((await page.textContent("#versus"))!, /accuracy0\.\d{4}0\.\d{4}/);
  assert.is(await page.locator("#pair asterism-map").count(), 2);
  assert.equal(faults, []);
  await page.close();
});

test("a small screen: nothing sticks out, and axe finds no serious fault, in the dark as well", async () => {
  for (const colorScheme of ["light", "dark"] as const) {
    const { page, faults } = await open(
      browser,
      link(site, { data: "sample:penguins", epochs: "1", hidden: "8" }),
      { viewport: { width: 360, height: 700 }, colorScheme, bypassCSP: true },
    );
    await ready(page);
    await page.click("#train");
    assert.match(await ended(page), "done");
    await page.getByText("Pictures, to save as SVG or PNG").click();
    await page.locator("#pictures figure").first().waitFor();
    assert.equal(
      await page.evaluate(() =>
        document.documentElement.scrollWidth <= innerWidth
          ? []
          : [...document.querySelectorAll("*")]
            .filter((one) => one.getBoundingClientRect().right > innerWidth)
            .map((one) => `${one.tagName} ${one.id}`).slice(0, 5)
      ),
      [],
    );
    assert.equal(await axe(page), []);
    assert.equal(faults, []);
    await page.close();
  }
});

test("the same bits as the command line, whatever the page may do", async () => {
  const settings = { data: "sample:penguins", epochs: "3", hidden: "16", seed: "5" };
  const found: string[] = [];
  for (const at of [site, plain]) {
    const { page, faults } = await open(browser, link(at, { ...settings, device: "wasm" }));
    await ready(page);
    await page.click("#train");
    assert.match(await ended(page), "done");
    const told = (await page.textContent("#device"))!;
    if (at === plain) {
      assert.match(told, "one thread, because the page is not cross-origin isolated");
    }
    found.push(Buffer.from(await downloaded(page, "embedding.npy")).toString("base64"));
    assert.equal(faults, []);
    await page.close();
  }
  assert.is(found[0], found[1]);
});

test("texts by WebGPU; a device that is lost; training goes on", async () => {
  const settings = {
    data: "sample:glosses",
    epochs: "2",
    hidden: "32",
    limit: "600",
    device: "webgpu",
    adapter: "swiftshader",
  };
  const { page } = await open(browser, link(site, settings));
  await ready(page);
  assert.match((await page.textContent("#data-said"))!, "600 texts; 8 classes");
  await page.click("#train");
  assert.is(await ended(page), "done: 8 clusters of 600 rows");
  assert.match((await page.textContent("#device"))!, /^WebGPU.*: as chosen/);
  assert.ok((await page.locator("#cards article p").nth(1).textContent())!.split(", ").length > 3);
  await page.fill("#search", "animal");
  assert.match((await page.textContent("#chosen-said"))!, /\d+ rows found/);
  await page.close();
  const second = await open(browser, link(site, { ...settings, epochs: "4000" }));
  await ready(second.page);
  await second.page.click("#train");
  await second.page.waitForFunction(() =>
    /epoch \d/.test(document.getElementById("status")!.textContent!)
  );
  const session = await browser.newBrowserCDPSession();
  await session.send("Browser.crashGpuProcess" as never);
  await second.page.locator("#warnings li", { hasText: "goes on from the last checkpoint" })
    .waitFor();
  await second.page.waitForFunction(() =>
    /WASM/.test(document.getElementById("device")!.textContent!)
  );
  await second.page.click("#cancel");
  assert.match(await ended(second.page), "stopped; nothing was kept");
  await second.page.close();
});

test("pause, resume, cancel; the page stays free", async () => {
  const { page } = await open(browser, link(site, { data: "sample:mnist", epochs: "1000" }));
  await ready(page);
  await page.click("#train");
  await page.waitForFunction(() =>
    /epoch \d/.test(document.getElementById("status")!.textContent!)
  );
  const tasks = await watchTasks(page);
  await page.waitForFunction(() => document.querySelectorAll("#losses svg").length > 0);
  await page.waitForTimeout(3000);
  // Of the page itself; a software GPU draws the map in the same two cores.
  const long = (await tasks()).toSorted((a, b) => b - a);
  assert.ok((long[Math.floor(long.length / 2)] ?? 0) < 200, `tasks of ${long.slice(0, 5)} ms`);
  await page.click("#pause");
  await page.waitForTimeout(800);
  const held = await page.textContent("#status");
  await page.waitForTimeout(800);
  assert.is(await page.textContent("#status"), held);
  await page.click("#pause");
  await page.waitForFunction(
    (held) => document.getElementById("status")!.textContent !== held,
    held,
  );
  await page.click("#cancel");
  assert.match(await ended(page), "stopped");
  assert.is(await page.locator("#train").isDisabled(), false);
  await page.close();
});

/** Drops the files that were chosen, as one folder or as its two. */
const DROP = (tops: number): void => {
  const { files } = document.getElementById("folder") as HTMLInputElement;
  const entryOf = (chosen: File[], from: number) => {
    let left = chosen.map((one) => ({
      isFile: true,
      fullPath: `/${one.webkitRelativePath.split("/").slice(from).join("/")}`,
      file: (give: (file: File) => void) => give(one),
    }));
    const readEntries = (give: (some: unknown[]) => void) => {
      give(left.slice(0, 5));
      left = left.slice(5);
    };
    return { isDirectory: true, createReader: () => ({ readEntries }) };
  };
  const all = [...files!], dark = all.filter((one) => one.webkitRelativePath.includes("/dark/"));
  const entries = tops === 1
    ? [entryOf(all, 0)]
    : [dark, all.filter((one) => !dark.includes(one))].map((some) => entryOf(some, 1));
  document.getElementById("data-said")!.textContent = "";
  const drop = new Event("drop", { bubbles: true, cancelable: true });
  const items = entries.map((entry) => ({ webkitGetAsEntry: () => entry }));
  Object.assign(drop, { dataTransfer: { files: [], items } });
  document.getElementById("drop")!.dispatchEvent(drop);
};

test("a folder of images, chosen and dropped: its folders are the classes", async () => {
  const folder = await mkdtemp(join(tmpdir(), "asterism-images-"));
  for (const [label, shade] of [["dark", 20], ["light", 200]] as const) {
    await mkdir(join(folder, label));
    for (let i = 0; i < 6; i++) {
      const data = Uint8Array.from({ length: 64 }, (_, at) => shade + (at + i) % 7);
      const png = encodePng({ width: 8, height: 8, channels: 1, data });
      await writeFile(join(folder, label, `${i}.png`), png);
    }
  }
  const { page, faults } = await open(browser, link(site, { epochs: "2", hidden: "8" }));
  await page.setInputFiles("#folder", folder);
  await ready(page);
  const said = "12 images of 8 x 8 x 1 numbers; 2 classes";
  assert.match((await page.textContent("#data-said"))!, said);
  await page.click("#train");
  assert.is(await ended(page), "done: 2 clusters of 12 rows");
  assert.match((await page.textContent("#scores"))!, /accuracy/);
  // Dropped as one folder, and as two, whose names are the classes then. A person's drop of a folder has entries, which no script can make: the same files go by stand-ins.
  for (const tops of [1, 2]) await drop(tops);
  async function drop(tops: number) {
    await page.evaluate(DROP, tops);
    await page.waitForFunction(
      (said) => document.getElementById("data-said")!.textContent!.includes(said),
      said,
    );
  }
  assert.equal(faults, []);
  await page.close();
  await rm(folder, { recursive: true });
});

test("hostile texts, names and labels show as text", async () => {
  const evil = (i: number) =>
    `<script>globalThis.hit=1</script><img src=x onerror=hit=1>\u0007 word${i} ${
      i % 2 ? "cat dog" : "car bus"
    }`;
  const rows = Array.from(
    { length: 60 },
    (_, i) => `"${evil(i)}","<img src=x onerror=hit=1>${i % 2}",${i}`,
  );
  const { page, faults } = await open(
    browser,
    link(site, { epochs: "2", hidden: "8", embedding: "2" }),
  );
  await page.setInputFiles("#files", {
    name: "<img src=x onerror=hit=1>.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(`text,label,<b>id</b>\n${rows.join("\n")}\n`),
  });
  await ready(page);
  await page.click("#train");
  assert.match(await ended(page), "done: 2 clusters of 60 rows");
  const inside = () =>
    page.evaluate(
      () => [
        "hit" in globalThis,
        document.querySelectorAll("main script, main b, img[src='x']").length,
      ],
    );
  assert.equal(await inside(), [false, 0]);
  const report = await downloaded(page, "report.html");
  assert.equal(faults, []);
  await page.close();
  const other = await browser.newPage();
  const said: string[] = [];
  other.on("console", (message) => said.push(message.text()));
  await other.route(
    "http://report.test/",
    (route) => route.fulfill({ contentType: "text/html", body: Buffer.from(report) }),
  );
  await other.goto("http://report.test/");
  await other.waitForTimeout(500);
  assert.is(await other.evaluate(() => "hit" in globalThis), false);
  assert.is(await other.locator("img[src='x'], main script").count(), 0);
  assert.is(await other.locator("asterism-map .legend button").count(), 2);
  assert.equal(said, []);
  await other.close();
});

test("what is wrong is told in plain words", async () => {
  const { page } = await open(browser, link(site, { data: "sample:penguins", embedding: "0" }));
  await ready(page);
  await page.click("#train");
  assert.is(await ended(page), 'Numbers in a code: must be a whole number from 1 to 4096, got "0"');
  await page.setInputFiles("#files", {
    name: "broken.parquet",
    mimeType: "",
    buffer: Buffer.from("PAR1 no"),
  });
  await page.waitForFunction(() =>
    /broken/.test(document.getElementById("data-said")!.textContent!)
  );
  assert.is(await page.locator("#train").isDisabled(), true);
  await page.close();
});

test("the server gives only what is built, with a strict policy", async () => {
  for (
    const path of [
      "../package.json",
      "%2e%2e/package.json",
      ".stamp",
      "cli.js/../../deno.json",
      "types",
    ]
  ) {
    const answer = await fetch(`${site.url}${path}`);
    await answer.body?.cancel();
    assert.is(answer.status, 404, path);
  }
  const page = await fetch(site.url);
  assert.match(await page.text(), "<title>Asterism studio</title>");
  assert.match(
    page.headers.get("content-security-policy")!,
    /default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/,
  );
  assert.is(page.headers.get("cross-origin-embedder-policy"), "require-corp");
});

test.run();
