/** The whole path of a new user, for each kind of data, on each device, with threads and without. */

import { strFromU8, unzipSync } from "fflate";
import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import type { Browser } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeNpy, decodeSafetensors } from "../../shell/data/index.ts";
import { launch, open, serve, type Site } from "./site.ts";
import { downloaded, ended, link, ready } from "./studio.ts";

const test = suite("paths");

let site: Site, plain: Site, browser: Browser;
test.before(async () => {
  [site, plain, browser] = await Promise.all([serve(), serve(["--not-isolated"]), launch()]);
});
test.after(async () => {
  await browser.close();
  await Promise.all([site.close(), plain.close()]);
});

const SAMPLES = [
  { sample: "MNIST digits", clusters: 10, settings: { method: "dec", network: "conv" } },
  { sample: "word meanings", clusters: 8, settings: { method: "autoencoder" } },
  { sample: "penguins", clusters: 3, settings: { method: "triplet" } },
] as const;
const ROWS = 300;

for (const { sample, clusters, settings } of SAMPLES) {
  for (const device of ["wasm", "webgpu"]) {
    for (const isolated of [true, false]) {
      test(`${sample}, ${device}, ${isolated ? "" : "not "}isolated`, async () => {
        const { page, faults } = await open(
          browser,
          link(isolated ? site : plain, {
            ...{ ...settings, device, epochs: "2", "refine-epochs": "1", hidden: "16" },
            ...{ embedding: "3", limit: String(ROWS), map: "pca" },
            ...device === "webgpu" && { adapter: "swiftshader" },
          }),
        );
        await page.getByRole("button", { name: `Sample: ${sample}` }).click();
        await ready(page);
        await page.click("#train");
        assert.is(await ended(page), `done: ${clusters} clusters of ${ROWS} rows`);
        const told = (await page.textContent("#device"))!;
        assert.match(told, device === "wasm" ? /^WASM/ : /^WebGPU/);
        if (device === "wasm") assert.is(/\d workers/.test(told), isolated);
        assert.ok(await page.locator("#live-scores svg").count() === 1);
        const zip = unzipSync(await downloaded(page, "Download all (zip)"));
        assert.equal(decodeNpy(zip["embedding.npy"]).shape, [ROWS, 3]);
        const model = decodeSafetensors(zip["model.safetensors"], "model.safetensors");
        assert.ok(Object.keys(model.tensors).length > 2);
        const parquet = zip["assignments.parquet"].slice().buffer;
        const rows = await parquetReadObjects({ file: parquet, compressors });
        assert.is(rows.length, ROWS);
        assert.ok(rows.every(({ cluster }) => cluster >= 0 && cluster < clusters));
        assert.is(new Set(rows.map(({ id }) => id)).size, ROWS);
        assert.is(JSON.parse(strFromU8(zip["run.json"])).status, "finished");
        assert.is(JSON.parse(strFromU8(zip["gallery.json"])).clusters.length, clusters);
        assert.match(strFromU8(zip["report.html"]), "</html>");
        assert.equal(faults, []);
        await page.close();
      });
    }
  }
}

test.run();
