// Makes the pictures of README.md: the studio after a run on its sample of MNIST, on a large screen
// and a small one, the map alone, and the report of that run. `deno task screenshots`; Chromium is
// that of the tests.

import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { chromium } from "playwright-core";

const FOLDER = "docs/pictures";
const SETTINGS = {
  ...{ method: "siamese", network: "conv", augment: "yes", epochs: 12, map: "umap" },
  data: "sample:mnist",
};
/** Bytes that one picture and all of them may take: they come with every clone. */
const MOST = 250_000, ALL = 900_000;
const FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--hide-scrollbars"];

/** The studio's server, and its address. */
function serve() {
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

let total = 0;

/** @param at an element to scroll to, or with `alone` the only one that is seen */
async function shoot(page, name, { width = 1200, height, at, alone = false }) {
  const path = join(FOLDER, `${name}.png`);
  await page.setViewportSize({ width, height });
  // The map draws itself anew for its new size.
  await page.waitForTimeout(1000);
  if (at && !alone) await page.locator(at).evaluate((one) => one.scrollIntoView());
  if (alone) await page.locator(at).screenshot({ path });
  else await page.screenshot({ path });
  const { length } = readFileSync(path);
  console.log(`${path}: ${Math.round(length / 1000)} KB`);
  total += length;
  if (length > MOST || total > ALL) throw new Error(`${path} makes the pictures too large`);
}

mkdirSync(FOLDER, { recursive: true });
const site = await serve();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: FLAGS,
});
const report = join(tmpdir(), `asterism-${process.pid}-report.html`);
try {
  const page = await browser.newPage({
    viewport: { width: 1200, height: 900 },
    colorScheme: "light",
  });
  page.setDefaultTimeout(300_000);
  await page.goto(`${site.url}#${new URLSearchParams(SETTINGS)}`);
  await page.waitForFunction(() => !document.getElementById("train").disabled);
  await page.click("#train");
  await page.waitForFunction(() => !document.getElementById("found").hidden);
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "report.html", exact: true }).click(),
  ]);
  await file.saveAs(report);
  await page.evaluate(() => scrollTo(0, 0));
  await shoot(page, "studio", { height: 700 });
  await shoot(page, "run", { height: 760, at: "#run" });
  await shoot(page, "map", { height: 760, at: "#map", alone: true });
  await shoot(page, "studio-small", { width: 400, height: 860, at: "#run" });
  for (const colorScheme of ["light", "dark"]) {
    const one = await browser.newPage({ colorScheme });
    await one.goto(`file://${report}`);
    if (colorScheme === "light") await shoot(one, "report", { height: 860 });
    else await shoot(one, "report-dark", { height: 860, at: ".cards" });
    await one.close();
  }
} finally {
  await browser.close();
  site.close();
  rmSync(report, { force: true });
}
