/** `asterism report`, and the report that `train` leaves. */

import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodePng } from "../../shell/data/png.ts";
import { runtime } from "../../shell/device/platform.ts";
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

test("pictures as PNG, with their words, on dark paper", async () => {
  const at = join(folder, "png");
  const { code, err } = await asterism(["report", join(folder, "run"), "--png", at, "--dark"]);
  assert.is(code, 0, err);
  assert.is((await readdir(at)).length, 6);
  const svg = await readFile(join(folder, "pictures", "sizes.svg"), "utf8");
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!.map(Number);
  const { width: w, height: h, data, channels } = decodePng(
    new Uint8Array(await readFile(join(at, "sizes.png"))),
  );
  assert.equal([w, h], [2 * width, 2 * height]);
  const colour = (x: number, y: number) => [...data.subarray((y * w + x) * channels).slice(0, 3)];
  assert.equal(colour(0, 0), [0x13, 0x17, 0x1e]);
  // The names of the clusters stand at the left: letters, and not only the bars beside them.
  let light = 0;
  for (let y = 0; y < h; y++) for (let x = 0; x < 140; x++) light += Number(colour(x, y)[1] > 160);
  assert.ok(light > 300, `${light} pixels of letters`);
  await refuses("dark without pictures", 2, /--dark is for the pictures of --svg and --png/, [
    ...["report", join(folder, "run"), "--dark"],
  ]);
});

if (runtime === "node") {
  test("PNG without the packages: a sentence with the command that installs them", async () => {
    const bare = join(folder, "bare");
    await mkdir(join(bare, "node_modules"), { recursive: true });
    await cp("dist", join(bare, "dist"), {
      recursive: true,
      filter: (one) => !/docs|types/.test(one),
    });
    await cp("package.json", join(bare, "package.json"));
    const others = (await readdir("node_modules")).filter((name) => !/^@resvg$|^dejavu/.test(name));
    for (const name of others) {
      await symlink(resolve("node_modules", name), join(bare, "node_modules", name));
    }
    const run = spawnSync(
      process.execPath,
      [join(bare, "dist", "cli.js"), "report", join(folder, "run"), "--png", join(bare, "png")],
      { cwd: bare, encoding: "utf8" },
    );
    assert.is(run.status, 2, run.stderr);
    assert.match(run.stderr, /install them by npm install @resvg\/resvg-wasm dejavu-fonts-ttf/);
  });
}

test("what is no run, or lacks a file, is told in one sentence", async () => {
  await refuses("no folder", 2, /report wants the folder of one run/, ["report"]);
  await refuses("nothing there", 1, /holds no finished run: it has no run\.json/, [
    "report",
    join(folder, "nowhere"),
  ]);
  const broken = join(folder, "broken");
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
