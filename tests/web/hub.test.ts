/** Data sets of a Hub in the studio: what a person types, and the results of the command line. */

import { Buffer } from "node:buffer";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { asterism } from "../cli/asterism.ts";
import { pageHub } from "../hub/page_hub.ts";
import { type TestHub, TOKEN } from "../hub/server.ts";
import { launch, open, serve, type Site } from "./site.ts";
import { downloaded, ended, link, ready } from "./studio.ts";

const test = suite("hub");

let hub: TestHub, site: Site, browser: Browser, folder: string;
test.before(async () => {
  [hub, browser] = await Promise.all([pageHub(), launch()]);
  site = await serve([], { HF_ENDPOINT: hub.endpoint });
  folder = await mkdtemp(join(tmpdir(), "asterism-hub-"));
});
test.after(async () => {
  await Promise.all([browser.close(), site.close(), hub.stop()]);
  await rm(folder, { recursive: true, force: true });
});

const SETTINGS = { epochs: "2", hidden: "16", embedding: "3", device: "wasm", seed: "7" };

/** Types the name of a data set and asks for it. */
async function ask(page: Page, name: string): Promise<void> {
  await page.getByLabel("Hugging Face data set").fill(name);
  await page.getByLabel("Hugging Face data set").press("Enter");
}

/** Waits for what the page says of the data. */
async function said(page: Page, what: RegExp): Promise<string> {
  await page.waitForFunction(
    (source) => new RegExp(source).test(document.getElementById("data-said")!.textContent!),
    what.source,
  );
  return (await page.textContent("#data-said"))!;
}

const SETS = [
  ["ylecun/mnist", /400 images of 28 x 28 x 1 numbers; 10 classes/],
  ["fancyzhx/ag_news", /\d+ texts; 4 classes/],
  ["nyu-mll/glue:sst2", /\d+ texts; 2 classes/],
] as const;

for (const [name, what] of SETS) {
  test(`${name}: the same codes as the command line`, async () => {
    const { page, faults } = await open(browser, link(site, SETTINGS));
    await ask(page, name);
    await ready(page);
    assert.match((await page.textContent("#data-said"))!, what);
    await page.click("#train");
    assert.match(await ended(page), /^done: /);
    const ours = await downloaded(page, "embedding.npy");
    assert.match(page.url(), new RegExp(`data=${encodeURIComponent(name)}`));
    assert.equal(faults, []);
    await page.close();

    const options = Object.entries(SETTINGS).flatMap(([option, value]) => [`--${option}`, value]);
    const { code, err } = await asterism(
      ["train", "--dataset", name, ...options, "--quiet"]
        .concat(name.includes("mnist") ? [] : ["--encoder", "tfidf"])
        .concat("--cache", join(folder, "cache"), "--out", folder, "--name", name.slice(-4)),
      undefined,
      { HF_ENDPOINT: hub.endpoint },
    );
    assert.is(code, 0, err);
    const theirs = await readFile(join(folder, name.slice(-4), "embedding.npy"));
    assert.is(Buffer.compare(Buffer.from(ours), theirs), 0);
  });
}

test("gated without a token and with one, which no link has; unknown", async () => {
  const { page } = await open(browser, link(site, SETTINGS));
  await ask(page, "closed/mnist");
  assert.match(await said(page, /gated|token/), /closed\/mnist/);
  await page.getByLabel("Token").fill(TOKEN);
  await ask(page, "closed/mnist");
  await said(page, /400 images/);
  assert.not.match(page.url(), TOKEN);
  const cdn = hub.seen.filter(({ at, authorization }) => at === "cdn" && authorization);
  assert.is(cdn.length, 0);
  await ask(page, "ylecun/mnits");
  assert.match(await said(page, /mnits/), /ylecun\/mnits/);
  assert.is(await page.locator("#train").isDisabled(), true);
  await page.close();
});

test("a policy that opens another Hub only when it is asked for", async () => {
  const [plain, wrong] = [await serve(), await asterism(["web"], undefined, { HF_ENDPOINT: "hf" })];
  const policy = async (at: Site) => {
    const answer = await fetch(at.url);
    assert.is((await answer.text()).includes('name="hub"'), at === site);
    return answer.headers.get("content-security-policy")!;
  };
  assert.match(await policy(site), / http:\/\/127\.0\.0\.1:\*$/);
  assert.not.match(await policy(plain), "127.0.0.1");
  await plain.close();
  assert.is(wrong.code, 2);
  assert.match(wrong.err, "HF_ENDPOINT must be an address");
});

test.run();
