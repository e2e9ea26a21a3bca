import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { hubSplits, openHub } from "../../shell/data/hub/hub.ts";
import { readDataset } from "../../shell/data/parquet.ts";
import { inflate } from "../../shell/data/zlib.ts";
import { memoryBuffer, memoryFile, rejects } from "../data/fixtures.ts";
import { quick, readFile } from "./fetching.ts";
import { STRANGER, TestHub, TOKEN } from "./server.ts";
import { agNews, glue, mnist, types, TYPES_ROWS } from "./sets.ts";

const test = suite("data sets of the Hub");

let hub: TestHub;
test.before(async () => {
  hub = await TestHub.start([
    mnist(300, 100),
    agNews(40),
    glue(40),
    types(),
    { ...glue(8), id: "closed/gated", gated: true },
    { ...agNews(8), id: "slow/conversion", notReady: 3 },
    { ...agNews(8), id: "slow/for-ever", notReady: 1e9 },
    { ...glue(8), id: "slow/pending", pending: { config: "sst2", times: 2 } },
    { id: "old/no-parquet", own: [{ path: "data.txt", bytes: new Uint8Array(5) }] },
    { id: "some/own", own: types().own!.slice(1, 3), refusal: 501 },
    {
      id: "large/partial",
      converted: [{
        path: "default/partial-train/0000.parquet",
        bytes: agNews(8).converted![1].bytes,
      }],
    },
  ]);
});
test.before.each(() => hub.reset());
test.after(() => hub.stop());

const open = (name: string, more: Parameters<typeof openHub>[1] = {}, internals = quick()) =>
  openHub(name, { endpoint: hub.endpoint, cache: false, ...more }, internals);
const splitsOf = async (name: string, more = {}) =>
  (await open(name, more)).files.map(({ name, split }) => [split, name]);

test("mnist: the rows of the local files, train before test", async () => {
  const source = await open("ylecun/mnist");
  const [testFile, trainFile] = hub.sets.get("ylecun/mnist")!.converted!;
  const local = {
    name: "ylecun/mnist",
    files: [memoryFile(trainFile.bytes), memoryFile(testFile.bytes, "b", "test")],
  };
  const got = await readDataset(source, { inflate });
  assert.equal(got, await readDataset(local, { inflate }));
  assert.equal(got.shape, [28, 28, 1]);
  assert.equal(got.splits.map(({ name, end }) => [name, end]), [["train", 300], ["test", 400]]);
  assert.equal(got.labelNames, Array.from({ length: 10 }, (_, digit) => `${digit}`));
});

test("text sets: the bytes of the conversion, and the classes in them", async () => {
  for (const [name, id] of [["fancyzhx/ag_news"], ["nyu-mll/glue:sst2", "nyu-mll/glue"]]) {
    const source = await open(name);
    for (const { path, bytes } of hub.sets.get(id ?? name)!.converted!) {
      if (path.startsWith("cola")) continue;
      assert.equal(await readFile(source, path), bytes, path);
    }
  }
  const file = await (await open("nyu-mll/glue:sst2", { split: "train" })).files[0].open();
  const rows = await parquetReadObjects({ file });
  assert.equal(Object.keys(rows[0]), ["sentence", "label", "idx"]);
  assert.is(rows.length, 40);
});

test("configurations and splits: named, listed, put in order", async () => {
  assert.equal(await hubSplits("nyu-mll/glue", { endpoint: hub.endpoint }), {
    cola: ["train"],
    sst2: ["test", "train", "validation"],
  });
  const sst2 = ["train", "validation", "test"]
    .map((split) => [split, `nyu-mll/glue/sst2/${split}/0000.parquet`]);
  assert.equal(await splitsOf("nyu-mll/glue:sst2"), sst2);
  assert.equal(await splitsOf("nyu-mll/glue", { config: "sst2" }), sst2);
  assert.equal(await splitsOf("nyu-mll/glue:sst2", { split: "test, train" }), [sst2[0], sst2[2]]);
});

test("wrong configurations and splits: those there are", async () => {
  await rejects(
    () => open("nyu-mll/glue"),
    /has 2 configurations, cola, sst2: name one as nyu-mll\/glue:NAME/,
  );
  await rejects(() => open("nyu-mll/glue:sst"), /has no configuration "sst": it has cola, sst2$/);
  await rejects(() => open("nyu-mll/glue:sst2", { config: "cola" }), /name one$/);
  await rejects(
    () => open("nyu-mll/glue:sst2", { split: "dev" }),
    /nyu-mll\/glue:sst2 has no split "dev": it has test, train, validation$/,
  );
});

test("unknown data sets: near names", async () => {
  const none =
    /the Hub has no data set ylecun\/mnits that is public .*: did you mean ylecun\/mnist\?$/;
  await rejects(() => open("ylecun/mnits"), none);
  await rejects(() => open("lecun/mnist"), /did you mean ylecun\/mnist\?/);
  await rejects(() => open("ylecun/mnits", { token: TOKEN }), /that your token may see: did you/);
  await rejects(() => open("qwertz/uiop"), /: check the name$/);
});

test("gated data sets: how to get access, and access", async () => {
  const how =
    /does not let you read closed\/gated, which is gated: ask for access at .*\/datasets\/closed\/gated, and set HF_TOKEN/;
  await rejects(() => open("closed/gated:sst2"), how);
  const stranger = await open("closed/gated:sst2", { token: STRANGER }).catch((error) => error);
  assert.match(stranger.message, "ask for access at");
  const source = await open("closed/gated:sst2", { token: TOKEN });
  const [, , train] = hub.sets.get("closed/gated")!.converted!;
  assert.equal(await readFile(source, train.path), train.bytes);
});

test("a token that the Hub does not know, or that is none", async () => {
  hub.fault = () => ({ status: 401, headers: { "X-Error-Code": "Unauthorized" } });
  await rejects(
    () => open("ylecun/mnist", { token: "hf_bad" }),
    /does not accept the token in HF_TOKEN: make one at/,
  );
  await rejects(
    () => open("ylecun/mnist", { token: "hf\nbad" }),
    /^HF_TOKEN has characters that no token has: copy it again$/,
  );
});

test("a conversion that is not ready is waited for, and told of", async () => {
  for (const name of ["slow/conversion", "slow/pending:sst2"]) {
    const told: number[] = [];
    const internals = quick();
    const onProgress = (stage: string, done: number) => stage === "wait" && told.push(done);
    const source = await open(name, { onProgress }, internals);
    assert.ok(source.files.length > 0);
    assert.equal(told, name === "slow/conversion" ? [0, 5, 10] : [0, 5]);
    assert.equal(internals.clock.waits, told.map(() => 5000));
  }
  await rejects(() => open("slow/for-ever"), /still converting slow\/for-ever .* after 10 minutes/);
});

test("a partial conversion is named", async () => {
  const notes: string[] = [];
  const source = await open("large/partial", { onNote: (note) => notes.push(note) });
  assert.is(source.files.length, 1);
  assert.equal(notes, [
    "large/partial: the Hub has converted only the first part of train; later rows are left out",
  ]);
});

test("without a conversion: the repository's own Parquet files, as its card divides them", async () => {
  assert.equal(await splitsOf("someone/types:zstd"), [[
    "train",
    "someone/types/data/zstd/train.parquet",
  ]]);
  await rejects(
    () => open("someone/types"),
    /configurations, snappy, gzip, brotli, zstd, uncompressed/,
  );
  assert.equal((await splitsOf("some/own")).map(([split]) => split), ["train", "train"]);
  await rejects(
    () => open("old/no-parquet"),
    /^old\/no-parquet has no Parquet files, and the Hub has not converted/,
  );
});

test("a revision: the files of that one", async () => {
  const main = await splitsOf("someone/types:gzip", { revision: "main" });
  const sha = hub.commit(hub.sets.get("someone/types")!);
  assert.equal(await splitsOf("someone/types:gzip", { revision: sha }), main);
  assert.is(hub.seen.filter(({ path }) => path.startsWith("/parquet")).length, 1);
  await rejects(
    () => open("someone/types", { revision: "v9" }),
    /has no revision "v9": see .*tree\/main/,
  );
  await rejects(
    () => open("ylecun/mnist", { revision: hub.commit(hub.sets.get("ylecun/mnist")!) }),
    /has no Parquet files at revision .* only its main branch converted: leave --revision out/,
  );
});

test("every type and codec comes through as it is on disk", async () => {
  for (const { path, bytes } of hub.sets.get("someone/types")!.own!.slice(1)) {
    const source = await open(`someone/types:${path.split("/")[1]}`);
    const file = await source.files[0].open();
    const rows = await parquetReadObjects({ file, compressors });
    assert.equal(rows, await parquetReadObjects({ file: memoryBuffer(bytes), compressors }), path);
    assert.is(rows.length, TYPES_ROWS);
    assert.equal(rows[4], {
      person: { name: "n4", address: { city: "c1" } },
      maybe: 2,
      vector: [4, 2, -4],
      colour: "red",
      time: new Date("2020-01-05"),
      price: 4.25,
    });
    assert.is(rows[3].maybe, null);
  }
});

test("names from the network cannot drive a terminal", async () => {
  hub.sets.set("evil/names", {
    id: "evil/names",
    converted: ["a\u001b[2J", "b\u0007\u202e"].map((config) => ({
      path: `${config}/train/0000.parquet`,
      bytes: agNews(8).converted![0].bytes,
    })),
  });
  const error = await open("evil/names").catch((error) => error);
  assert.match(error.message, "has 2 configurations, a?[2J, b??: name one");
  hub.sets.delete("evil/names");
});

test("no network, or no Hub at that address", async () => {
  const gone = await TestHub.start([]);
  await gone.stop();
  const internals = quick();
  await rejects(
    () => open("ylecun/mnist", { endpoint: gone.endpoint }, internals),
    /^cannot reach http:\/\/127\.0\.0\.1:\d+ \(connection refused\): check the network, or the address in HF_ENDPOINT$/,
  );
  assert.equal(internals.clock.waits, [375, 750, 1500, 3000]);
  await rejects(() => open("ylecun/mnist", { endpoint: hub.cdn }), /has no data set/);
  await rejects(() => open("ylecun/mnist", { endpoint: "hub" }), /^HF_ENDPOINT must be an address/);
  hub.fault = () => ({ status: 503 });
  await rejects(() => open("ylecun/mnist"), /answers with status 503: try again later/);
});

test.run();
