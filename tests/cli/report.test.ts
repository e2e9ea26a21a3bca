/** `asterism report`, and the report that `train` leaves. */

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { asterism, refuses, writeTable } from "./asterism.ts";

const test = suite("report");

let folder = "";
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "asterism-report-"));
});
test.after(() => rm(folder, { recursive: true, force: true }));

const RUN = ["--hidden", "16", "--embedding", "3", "--epochs", "5", "--device", "wasm", "--quiet"];

test("the report of a run is there, and made anew with the same bytes", async () => {
  const table = await writeTable(join(folder, "table.parquet"));
  const trained = await asterism([
    "train",
    "--data",
    table,
    ...RUN,
    "--out",
    folder,
    "--name",
    "run",
  ]);
  assert.is(trained.code, 0, trained.err);
  const path = join(folder, "run", "report.html");
  const html = await readFile(path, "utf8");
  for (const part of ["<h2>Scores</h2>", "<asterism-map", "Clusters against the known classes"]) {
    assert.ok(html.includes(part), part);
  }
  assert.match(html, /Content-Security-Policy" content="default-src &#39;none&#39;/);
  assert.not.match(html, / (src|href)="http/);
  const gallery = JSON.parse(await readFile(join(folder, "run", "gallery.json"), "utf8"));
  assert.is(
    gallery.clusters.length,
    JSON.parse(await readFile(join(folder, "run", "run.json"), "utf8")).network.clusters,
  );
  assert.ok(gallery.clusters[0].features[0].name.length > 0);
  await rm(path);
  const again = await asterism(["report", join(folder, "run"), "--svg", join(folder, "pictures")]);
  assert.is(again.code, 0, again.err);
  assert.is(await readFile(path, "utf8"), html);
  const pictures = (await readdir(join(folder, "pictures"))).sort();
  assert.equal(pictures, [
    "contingency.svg",
    "loss_pretraining.svg",
    "map_classes.svg",
    "map_clusters.svg",
    "silhouettes.svg",
    "sizes.svg",
  ]);
  assert.match(
    await readFile(join(folder, "pictures", "sizes.svg"), "utf8"),
    /^<\?xml[^>]*>\n<svg /,
  );
});

test("what is no run, or lacks a file, is told in one sentence", async () => {
  await refuses("no folder", 2, /report wants the folder of one run/, ["report"]);
  await refuses("nothing there", 1, /holds no finished run: it has no run\.json/, [
    "report",
    join(folder, "nowhere"),
  ]);
  const broken = join(folder, "broken");
  const { mkdir } = await import("node:fs/promises");
  await mkdir(broken);
  await writeFile(join(broken, "run.json"), "{");
  await refuses("damaged", 1, /run\.json is damaged: it is no JSON/, ["report", broken]);
  await writeFile(join(broken, "run.json"), await readFile(join(folder, "run", "run.json")));
  await refuses("no results", 1, /assignments\.parquet is missing: a report needs it/, [
    "report",
    broken,
  ]);
  await writeFile(join(broken, "assignments.parquet"), "PAR1 and nothing");
  await refuses("damaged results", 1, /assignments\.parquet cannot be read/, ["report", broken]);
});

test.run();
