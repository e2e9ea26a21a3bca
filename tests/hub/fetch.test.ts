import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type HubInternals, openHub } from "../../shell/data/hub/hub.ts";
import { readDataset } from "../../shell/data/parquet.ts";
import { inflate } from "../../shell/data/zlib.ts";
import { BYTES, numbered, PATH, quick, SIZE } from "./fetching.ts";
import { TestHub } from "./server.ts";
import { mnist } from "./sets.ts";

const test = suite("ranges of files of the Hub");

let hub: TestHub;
test.before(async () => {
  hub = await TestHub.start([
    mnist(60_000, 1000),
    { id: "a/file", converted: [{ path: PATH, bytes: BYTES }] },
  ]);
});
test.before.each(() => hub.reset());
test.after(() => hub.stop());

const open = async (internals: HubInternals) => {
  const source = await openHub("a/file", { endpoint: hub.endpoint, cache: false }, internals);
  return await source.files[0].open();
};

/** Bytes of some ranges. */
function sum(ranges: string[]): number {
  return ranges.map((range) => range.slice("bytes=".length).split("-").map(Number))
    .reduce((all, [from, to]) => all + to + 1 - from, 0);
}

test("60,000 images in groups of 100: few requests, whole files", async () => {
  hub.fault = () => ({ delay: 5 });
  const stages: Record<string, [number, number]> = {};
  const images = await openHub("ylecun/mnist", {
    endpoint: hub.endpoint,
    cache: false,
    onProgress: (stage, done, total) => stages[stage] = [done, total],
  });
  const dataset = await readDataset(images, {
    inflate,
    onProgress: (stage, done, total) => stages[stage] = [done, total],
  });
  assert.is(dataset.n, 61_000);
  assert.ok(hub.seen.length < 12, `${hub.seen.length} requests`);
  assert.ok(hub.most <= 6, `${hub.most} at once`);
  const sizes = hub.sets.get("ylecun/mnist")!.converted!.map(({ bytes }) => bytes.length);
  const total = sizes[0] + sizes[1];
  assert.equal(stages, { download: [total, total], read: [61_000, 61_000] });
});

test("60,000 images of a file too large to fetch whole: ranges together, at most 6 at once", async () => {
  hub.fault = () => ({ delay: 5 });
  const at = { endpoint: hub.endpoint, cache: false as const };
  const images = await openHub("ylecun/mnist", at, { whole: 1 << 20, part: 1 << 20 });
  assert.is((await readDataset(images, { inflate })).n, 61_000);
  assert.ok(hub.seen.length < 40, `${hub.seen.length} requests`);
  assert.ok(hub.most <= 6, `${hub.most} at once`);
  const ranges = hub.fetched.flatMap(({ path, range }) => path.includes("train") ? [range!] : []);
  const [, { bytes }] = hub.sets.get("ylecun/mnist")!.converted!;
  assert.is(sum(ranges), bytes.length, "every byte once");
});

test("600 slices at once: merged, and 6 in flight", async () => {
  hub.fault = () => ({ delay: 5 });
  const file = await open(quick({ whole: 1, part: 1 << 16 }));
  const step = 5000;
  const starts = Array.from({ length: 600 }, (_, i) => i * step).reverse();
  const slices = await Promise.all(starts.map((at) => file.slice(at, at + step)));
  slices.forEach((slice, i) => {
    assert.equal(new Uint8Array(slice), BYTES.slice(starts[i], starts[i] + step));
  });
  assert.ok(hub.fetched.length <= 15, `${hub.fetched.length} requests`);
  assert.ok(hub.most > 2 && hub.most <= 6, `${hub.most} at once`);
});

test("a limit: only the parts that are needed", async () => {
  const images = await openHub("ylecun/mnist", {
    endpoint: hub.endpoint,
    cache: false,
    limit: 610,
  });
  assert.is((await readDataset(images, { inflate, limit: 610 })).n, 610);
  const bytes = sum(
    hub.fetched.flatMap(({ path, range }) => path.includes("train") ? [range!] : []),
  );
  assert.ok(bytes < 6e6, `${bytes} bytes`);
});

test("slices anywhere, and past the end", async () => {
  for (const part of [1000, 1 << 16, 1 << 22]) {
    const file = await open(quick({ part }));
    for (
      const [begin, end] of [[0, 1], [999, 1001], [123_456, 654_321], [-8, undefined], [
        SIZE - 3,
        SIZE + 9,
      ]]
    ) {
      const want = BYTES.slice(begin, end);
      assert.equal(new Uint8Array(await file.slice(begin!, end)), want, `${begin}..${end}`);
    }
    assert.is((await file.slice(5, 5)).byteLength, 0);
  }
});

test("many files: their footers come at once, 6 at a time", async () => {
  const bytes = numbered(1 << 21);
  hub.sets.set("a/shards", {
    id: "a/shards",
    converted: Array.from(
      { length: 20 },
      (_, i) => ({ path: `default/train/${i}.parquet`, bytes }),
    ),
  });
  hub.fault = () => ({ delay: 5 });
  const at = { endpoint: hub.endpoint, cache: false as const };
  const shards = await openHub("a/shards", at, quick({ part: 1 << 20 }));
  for (const file of shards.files) await (await file.open()).slice(-8);
  assert.is(hub.fetched.length, 20);
  assert.ok(
    hub.fetched.every(({ range }) => range === `bytes=${(1 << 21) - (1 << 19)}-${(1 << 21) - 1}`),
  );
  assert.ok(hub.most > 2 && hub.most <= 6, `${hub.most} at once`);
});

test.run();
