/** `asterism train` on data sets of the Hub, as a person types it. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { asterism, refuses, start } from "../cli/asterism.ts";
import { withFolder } from "../data/fixtures.ts";
import { type HubSet, TestHub, TOKEN } from "./server.ts";
import { agNews, glue, mnist } from "./sets.ts";

const test = suite("train --dataset");

let hub: TestHub;
test.before(async () => {
  hub = await TestHub.start([
    mnist(400, 100),
    agNews(80),
    glue(80),
    { ...mnist(200, 100), id: "closed/mnist", gated: true },
    {
      id: "a/junk",
      converted: [{ path: "default/train/0000.parquet", bytes: new Uint8Array(99) }],
    },
  ]);
});
test.before.each(() => hub.reset());
test.after(() => hub.stop());

const SMALL = ["--hidden", "16", "--embedding", "3", "--epochs", "2", "--starts", "2"]
  .concat("--device", "wasm");

/** Writes the files of a data set as `git clone` would. */
function download(set: HubSet, config: string, dir: string): string {
  for (const { path, bytes } of set.converted!) {
    if (!path.startsWith(`${config}/`)) continue;
    mkdirSync(join(dir, dirname(path)), { recursive: true });
    writeFileSync(join(dir, path), bytes);
  }
  return join(dir, config);
}

/** Trains on a data set of the Hub and on its local files; what came of both. */
async function both(dir: string, name: string, config: string, ...more: string[]) {
  const [id] = name.split(":");
  const local = download(hub.sets.get(id)!, config, join(dir, id));
  const run = (data: string, as: string) =>
    asterism(
      ["train", "--dataset", data, "--out", join(dir, "runs"), "--name", as, ...SMALL, ...more]
        .concat("--cache", join(dir, "cache"), "--quiet"),
      undefined,
      { HF_ENDPOINT: hub.endpoint, HF_TOKEN: TOKEN },
    );
  const remote = await run(name, `${config}-hub`);
  const asked = hub.seen.length;
  const here = await run(local, `${config}-local`);
  assert.is(hub.seen.length, asked, "local files need no Hub");
  const file = (as: string, file: string) =>
    readFileSync(join(dir, "runs", `${config}-${as}`, file));
  return { remote, here, file };
}

test("mnist: the same assignments as from the local file, the token nowhere", () =>
  withFolder(async (dir) => {
    const { remote, here, file } = await both(dir, "ylecun/mnist", "mnist");
    assert.is(remote.code, 0, remote.err);
    assert.is(here.code, 0, here.err);
    for (const name of ["assignments.parquet", "embedding.npy"]) {
      assert.ok(file("hub", name).equals(file("local", name)), name);
    }
    const run = JSON.parse(file("hub", "run.json").toString());
    assert.is(run.data.name, "ylecun/mnist");
    assert.equal(run.data.splits.map(({ name }: { name: string }) => name), ["train", "test"]);
    assert.ok(hub.fetched.length > 0);
    const written = [
      file("hub", "run.json"),
      file("hub", "model.safetensors"),
      remote.err,
      remote.out,
    ];
    written.forEach((text) => assert.not.match(text.toString(), TOKEN));
    assert.ok(hub.fetched.every(({ authorization }) => authorization === undefined));
  }));

test("ag_news and sst2: the same assignments as from the local files", () =>
  withFolder(async (dir) => {
    for (const [name, config] of [["fancyzhx/ag_news", "default"], ["nyu-mll/glue:sst2", "sst2"]]) {
      const { remote, here, file } = await both(dir, name, config);
      assert.is(remote.code, 0, remote.err);
      assert.is(here.code, 0, here.err);
      assert.ok(hub.fetched.length > 0);
      for (const one of ["assignments.parquet", "embedding.npy"]) {
        assert.ok(file("hub", one).equals(file("local", one)), `${name} ${one}`);
      }
    }
  }));

test("--data is --dataset; --split, --config and --revision choose", () =>
  withFolder(async (dir) => {
    const common = ["--out", join(dir, "runs"), "--cache", dir, ...SMALL, "--quiet"];
    const env = { HF_ENDPOINT: hub.endpoint };
    const rows = async (name: string, ...args: string[]) => {
      const { code, err } = await asterism(
        ["train", ...args, ...common, "--name", name],
        undefined,
        env,
      );
      assert.is(code, 0, err);
      return JSON.parse(readFileSync(join(dir, "runs", name, "run.json"), "utf8")).data.rows;
    };
    assert.is(await rows("a", "--data", "ylecun/mnist", "--split", "test"), 100);
    assert.is(await rows("b", "--dataset=ylecun/mnist:mnist", "--split=train"), 400);
    const train = ["train", ...common];
    await refuses("both spellings", 2, /--data is given twice: give it once/, [
      ...[...train, "--data", "a", "--dataset", "b"],
    ]);
    await refuses("a split", 1, /ylecun\/mnist:mnist has no split "dev": it has test, train$/m, [
      ...[...train, "--dataset", "ylecun/mnist", "--split", "dev"],
    ], env);
    await refuses("a configuration", 1, /has no configuration "x": it has cola, sst2$/m, [
      ...[...train, "--dataset", "nyu-mll/glue", "--config", "x"],
    ], env);
    await refuses("a revision", 1, /ylecun\/mnist has no revision "v2": see/, [
      ...[...train, "--dataset", "ylecun/mnist", "--revision", "v2"],
    ], env);
    await refuses(
      "a local file",
      1,
      /mnist is not of the Hub and has no config: leave it out/,
      [
        ...[...train, "--dataset", join(dir, "runs"), "--config", "x"],
      ].map((arg) =>
        arg === join(dir, "runs") ? download(hub.sets.get("ylecun/mnist")!, "mnist", dir) : arg
      ),
      env,
    );
  }));

test("what cannot be read: one sentence, exit code 1", () =>
  withFolder(async (dir) => {
    const args = (
      name: string,
    ) => ["train", "--dataset", name, "--out", join(dir, "runs"), "--cache", dir, "--quiet"];
    const env = { HF_ENDPOINT: hub.endpoint };
    const cases: [string, string, RegExp][] = [
      ["unknown", "ylecun/minst", /no data set ylecun\/minst .*: did you mean ylecun\/mnist\?/],
      ["no configuration", "nyu-mll/glue", /has 2 configurations, cola, sst2: name one as/],
      [
        "gated",
        "closed/mnist",
        /does not let you read closed\/mnist.*: ask for access at .*HF_TOKEN/,
      ],
      ["corrupt", "a/junk", /a\/junk\/default\/train\/0000\.parquet is not a Parquet file/],
    ];
    for (const [what, name, pattern] of cases) await refuses(what, 1, pattern, args(name), env);
    const gone = await TestHub.start([]);
    await gone.stop();
    await refuses("no network", 1, /cannot reach .* \(connection refused\): check the network/, [
      ...args("ylecun/mnist"),
    ], { HF_ENDPOINT: gone.endpoint });
    await refuses("no address", 1, /HF_ENDPOINT must be an address such as https/, args("a/b"), {
      HF_ENDPOINT: "localhost",
    });
    const { code, err } = await asterism([...args("closed/mnist"), ...SMALL], undefined, {
      ...env,
      HF_TOKEN: TOKEN,
    });
    assert.is(code, 0, err);
  }));

test("a stopped run goes on with the commit that it began with", () =>
  withFolder(async (dir) => {
    const env = { HF_ENDPOINT: hub.endpoint };
    const args = (name: string, cache: string) =>
      [
        "train",
        "--dataset",
        "ylecun/mnist",
        ...SMALL.slice(0, 4),
        "--epochs",
        "60",
        "--starts",
        "2",
      ]
        .concat("--device", "wasm", "--out", join(dir, "runs"), "--name", name)
        .concat("--cache", join(dir, cache));
    const embedding = (name: string) => readFileSync(join(dir, "runs", name, "embedding.npy"));
    const whole = await asterism(args("whole", "a"), undefined, env);
    assert.is(whole.code, 0, whole.err);
    const stopped = await asterism(args("stopped", "a"), /pretraining 2\//, env);
    assert.is(stopped.code, 130, stopped.err);
    // As many rows, but others.
    hub.moveOn("ylecun/mnist", mnist(100, 400).converted!);
    const moved = await asterism(args("moved", "b"), undefined, env);
    assert.is(moved.code, 0, moved.err);
    assert.not.ok(embedding("moved").equals(embedding("whole")));
    const path = join(dir, "runs", "stopped");
    // From the Hub anew: an empty cache.
    const resumed = await asterism(
      ["train", "--resume", path, "--cache", join(dir, "c")],
      undefined,
      env,
    );
    assert.is(resumed.code, 0, resumed.err);
    assert.ok(embedding("stopped").equals(embedding("whole")));
    const commits = ["whole", "stopped", "moved"].map((name) =>
      JSON.parse(readFileSync(join(dir, "runs", name, "run.json"), "utf8")).data.commit
    );
    assert.match(commits[0], /^[0-9a-f]{40}$/);
    assert.is(commits[1], commits[0]);
    assert.is.not(commits[2], commits[0]);
    hub.moveOn("ylecun/mnist", mnist(400, 100).converted!);
  }));

test("Ctrl-C while fetching", () =>
  withFolder(async (dir) => {
    const args = ["train", "--dataset", "ylecun/mnist", "--out", join(dir, "runs"), "--cache", dir];
    hub.fault = (seen) => {
      if (seen.at === "cdn") {
        setTimeout(() => child.kill("SIGINT"), 100);
        return { silent: 100 };
      }
    };
    const child = start(args, { HF_ENDPOINT: hub.endpoint });
    let err = "";
    child.stderr!.on("data", (bytes) => err += bytes);
    child.stdout!.resume();
    const code = await new Promise((resolve) => child.on("close", resolve));
    assert.match(err, "fetching ylecun/mnist was stopped");
    assert.ok(code === 130 || code === null, `${code}`);
  }));

test.run();
