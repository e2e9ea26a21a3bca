/** The Hub's client where pages run it: across origins, with their cache. */

import { parquetReadObjects } from "hyparquet";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { loadDataset } from "../../shell/data/browser.ts";
import type { Dataset } from "../../shell/data/dataset.ts";
import { type HubOptions, openHub } from "../../shell/data/hub/hub.ts";
import { readDataset } from "../../shell/data/parquet.ts";
import { Cancelled, DataError } from "../../shell/errors.ts";

const test = suite("the Hub");

const scope = globalThis as unknown as {
  ASTERISM_HUB?: string;
  document?: unknown;
  process?: { env: Record<string, string | undefined> };
};
const endpoint = scope.ASTERISM_HUB ?? scope.process!.env.ASTERISM_HUB!;
const TOKEN = "hf_test_open_sesame";

/** What the Hub and its CDN saw so far, of some path. */
async function seen(part: string): Promise<{ at: string; path: string; authorization?: string }[]> {
  const all = await (await fetch(`${endpoint}/_seen`)).json();
  return all.filter(({ path }: { path: string }) => path.includes(part));
}

const read = async (id: string, options: HubOptions = {}): Promise<Dataset> =>
  readDataset(await openHub(id, { endpoint, cache: false, ...options }));

/** The rows of a data set by plain requests for whole files. */
async function plainly(id: string): Promise<Dataset> {
  const files = await Promise.all(["train", "test"].map(async (split) => {
    const at = `resolve/refs%2Fconvert%2Fparquet/mnist/${split}/0000.parquet`;
    const bytes = await (await fetch(`${endpoint}/datasets/${id}/${at}`)).arrayBuffer();
    const slice = (begin: number, end?: number) => Promise.resolve(bytes.slice(begin, end));
    return {
      name: at,
      split,
      open: () => Promise.resolve({ byteLength: bytes.byteLength, slice }),
    };
  }));
  return readDataset({ name: id, files });
}

test("the rows are those of the files", async () => {
  const got = await read("ylecun/mnist");
  assert.is(got.n, 400);
  assert.equal(got, await plainly("ylecun/mnist"));
});

test("text sets, by the name that the command line takes", async () => {
  const sets = [
    ["fancyzhx/ag_news", "default", "text", "World,Sports,Business,Sci/Tech"],
    ["nyu-mll/glue:sst2", "sst2", "sentence", "negative,positive"],
  ];
  for (const [name, config, column, classes] of sets) {
    const got = await loadDataset(name, { endpoint, cache: false });
    assert.is(got.kind, "text", name);
    assert.equal(got.columns, [column]);
    assert.is(got.labelNames?.join(), classes);
    const path = `${
      name.split(":")[0]
    }/resolve/refs%2Fconvert%2Fparquet/${config}/train/0000.parquet`;
    const file = await (await fetch(`${endpoint}/datasets/${path}`)).arrayBuffer();
    const rows = await parquetReadObjects({ file });
    assert.equal(got.texts?.slice(0, rows.length), rows.map((row) => row[column]));
    assert.equal(
      Array.from(got.labels!.subarray(0, rows.length)),
      rows.map(({ label }) => Number(label)),
    );
  }
});

test("the token is for the Hub and never for the CDN", async () => {
  assert.is((await read("closed/mnist", { token: TOKEN })).n, 400);
  const requests = await seen("closed");
  assert.ok(requests.some(({ at }) => at === "cdn"));
  for (const { at, authorization, path } of requests) {
    assert.is(authorization, at === "hub" ? `Bearer ${TOKEN}` : undefined, path);
  }
  const error = await read("closed/mnist").catch((error) => error);
  assert.instance(error, DataError);
  assert.match(error.message, "ask for access at");
});

test("a broken connection goes on", async () => {
  assert.equal((await read("shaky/mnist")).data, (await read("ylecun/mnist")).data);
  assert.ok((await seen("/shaky/mnist/")).filter(({ at }) => at === "cdn").length > 2);
});

test("pages keep what they fetched", async () => {
  if (!scope.document) return;
  const cached = () => read("ylecun/mnist", { cache: "in pages any folder" });
  const first = await cached();
  const before = (await seen("resolve")).length;
  assert.equal(await cached(), first);
  assert.is((await seen("resolve")).length, before, "nothing is fetched again");
});

test("an AbortSignal stops it", async () => {
  const controller = new AbortController();
  const reading = read("ylecun/mnist", { signal: controller.signal }).catch((error) => error);
  controller.abort();
  assert.instance(await reading, Cancelled);
});

test.run();
