/** Rows that are not in memory all at once: the same bits, and never more of them than allowed. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Device, Numbers } from "../../shell/device/device.ts";
import { Autoencoder } from "../../shell/methods/autoencoder.ts";
import { Classifier } from "../../shell/methods/classifier.ts";
import { Dec } from "../../shell/methods/dec.ts";
import { type Rows, stream, upload } from "../../shell/methods/rows.ts";
import { ShardCache, type ShardSource } from "../../shell/methods/shards.ts";
import { range, shuffledRows } from "../../shell/methods/train.ts";
import { devices, release, retain } from "../devices.ts";
import { bars, CLASSES, refuses, sameBits, WIDTH } from "./bars.ts";

const { pixels, labels } = bars(1000);

/** First rows of shards of unequal sizes; 200 rows at most. */
const STARTS = [0, 120, 200, 201, 380, 500, 640, 700, 900, 1000];
const LARGEST = 200 * WIDTH;

/** Shards of the pixels, with a count of those that were read. */
function source(values: Numbers = pixels) {
  const read = (s: number) => {
    from.reads.push(s);
    const part = values.slice(STARTS[s] * WIDTH, STARTS[s + 1] * WIDTH);
    return new Promise<Numbers>((resolve) => setTimeout(() => resolve(part)));
  };
  const type = values instanceof Uint8Array ? "u8" as const : "f32" as const;
  const from = { width: WIDTH, type, starts: STARTS, read, reads: [] as number[] };
  return from;
}

const test = suite("shards");
retain();
const first = new Map<string, Float32Array>();

for (const one of devices()) {
  test(`${one.name}: streamed shards give the bits of rows in memory in that order`, async () => {
    const device = await one.open();
    const options = { input: WIDTH, hidden: [20], embedding: 3, batch: 60, epochs: 2, clusters: 4 };
    const learn = async (rows: Rows) => {
      const { history, embedding, labels } = await new Autoencoder(device, options).fit(rows);
      rows.free();
      return { last: history.pretraining.last, embedding, labels };
    };
    for (const values of [pixels, Float32Array.from(pixels, (v) => v / 255)]) {
      // Half of five times the largest shard.
      const mixed = 500;
      const whole = await learn(upload(device, values, WIDTH, { shards: STARTS, mixed }));
      const from = source(values);
      const memory = 5 * LARGEST * values.BYTES_PER_ELEMENT;
      const parts = await learn(stream(device, from, memory));
      sameBits(parts.last, whole.last, "losses");
      sameBits(parts.embedding, whole.embedding, "codes");
      assert.equal(parts.labels, whole.labels);
      assert.ok(new Set(from.reads).size === STARTS.length - 1, "every shard was read");
      const plain = await learn(upload(device, values, WIDTH));
      assert.ok(plain.last.some((loss, i) => loss !== whole.last[i]), "another order, other bits");
      if (!one.family.startsWith("wasm")) continue;
      const key = `${one.family} ${from.type}`, earlier = first.get(key);
      if (earlier) sameBits(parts.embedding, earlier, "codes with another number of workers");
      else first.set(key, parts.embedding);
    }
  });
}

const [one] = devices();
if (one) {
  test(`${one.name}: a refinement, and a classifier of some of the rows`, async () => {
    const device = await one.open();
    const ids = range(1000).filter((id) => id % 3 > 0);
    const learn = async (make: (device: Device) => Rows) => {
      const settings = { input: WIDTH, hidden: [20], batch: 60, epochs: 1 };
      const deep = { ...settings, embedding: 3, clusters: CLASSES, refineEpochs: 1, seed: 2 };
      const rows = make(device);
      const { embedding } = await new Dec(device, deep).fit(rows);
      const classifier = new Classifier(device, { ...settings, classes: CLASSES });
      const { history } = await classifier.fit(rows, labels, ids);
      rows.free();
      return { embedding, last: history.training.last };
    };
    const whole = await learn((d) => upload(d, pixels, WIDTH, { shards: STARTS, mixed: 300 }));
    const parts = await learn((d) => stream(d, source(), 3 * LARGEST));
    sameBits(parts.embedding, whole.embedding, "codes");
    sameBits(parts.last, whole.last, "losses");
  });

  test(`${one.name}: a shard that cannot be read ends the run with its error`, async () => {
    const device = await one.open();
    const from = source();
    const broken: ShardSource = {
      ...from,
      read: (s) => s === 7 ? Promise.reject(new RangeError("row 700 is damaged")) : from.read(s),
    };
    const rows = stream(device, broken, 5 * LARGEST);
    const model = new Autoencoder(device, { input: WIDTH, hidden: [9], batch: 60, epochs: 1 });
    await refuses(RangeError, /^row 700 is damaged$/, () => model.fit(rows));
    rows.free();
    await refuses(
      RangeError,
      /^shards: the largest has 12800 bytes, and 12799 may be held$/,
      () => stream(device, source(), LARGEST - 1),
    );
  });
}

test("an order of shards sees every row once, and few rows of others at a time", () => {
  const ids = range(1000).filter((id) => id % 5 !== 1);
  const orderOf = (mixed?: number) => shuffledRows({ n: 1000, shards: STARTS, mixed }, 7, ids);
  const order = orderOf(400);
  assert.equal(order(1), order(1));
  assert.not.equal(order(1), order(2));
  for (const epoch of [1, 2]) {
    const rows = order(epoch);
    assert.equal(rows.slice().sort((a, b) => a - b), ids);
    const shards = Array.from(rows, (id) => STARTS.findIndex((begin) => id < begin) - 1);
    assert.is(new Set(shards).size, 9);
    for (let at = 0; at < rows.length; at++) {
      // Shards that have begun and not ended.
      const open = [...new Set(shards.slice(0, at + 1))].filter((one) => shards.includes(one, at));
      const held = open.reduce((sum, one) => sum + STARTS[one + 1] - STARTS[one], 0);
      assert.ok(held <= 400, `${held} rows at ${at}`);
    }
    const turns = shards.filter((shard, i) => shard !== shards[i - 1]).length;
    assert.ok(turns > 200, `shards are mixed: ${turns}`);
  }
  const all = [...orderOf()(1)].map((id) => id < 500);
  assert.ok(all.slice(0, 100).includes(true) && all.slice(0, 100).includes(false), "all are mixed");
  const alone = Array.from(orderOf(1)(1), (id) => STARTS.findIndex((begin) => id < begin));
  assert.is(alone.filter((shard, i) => shard !== alone[i - 1]).length, 9, "one at a time");
});

test("holds the shards that were used last, within the bound, those on their way included", async () => {
  const from = source(), memory = 3 * LARGEST;
  const cache = new ShardCache(from, memory);
  const order = shuffledRows({ n: 1000, shards: STARTS }, 7)(1);
  for (const id of order) {
    const shard = STARTS.findIndex((begin) => id < begin) - 1;
    cache.ahead([shard, (shard + 1) % 9]);
    const values = await cache.read(shard);
    const at = (id - STARTS[shard]) * WIDTH;
    assert.equal(values.subarray(at, at + 4), pixels.subarray(id * WIDTH, id * WIDTH + 4));
  }
  assert.ok(cache.peak <= memory, `${cache.peak} bytes of ${memory}`);
  assert.ok(cache.peak > memory / 2, "the memory is used");
});

test("reads ahead what comes next, and lets nothing go for it that comes sooner", async () => {
  const from = source();
  const cache = new ShardCache(from, 400 * WIDTH);
  await cache.read(0);
  cache.ahead([0, 1, 7, 8]);
  assert.not.ok(cache.idle);
  assert.equal(from.reads, [0, 1]);
  await cache.read(1);
  // 200 rows are held; 200 more fit, and they are read without being asked for again.
  await cache.read(7);
  assert.equal(from.reads, [0, 1, 7]);
  // Full of what is needed sooner: nothing is read.
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(cache.idle);
  cache.ahead([0, 1, 7, 8]);
  assert.ok(cache.idle);
  await cache.read(8);
  assert.equal(from.reads, [0, 1, 7, 8]);
  // Shard 0 was used longest ago.
  await cache.read(7);
  await cache.read(8);
  assert.is(cache.reads, 4);
  await cache.read(0);
  assert.is(cache.reads, 5);
  assert.ok(cache.peak <= 400 * WIDTH);
});

test.after(release);
test.run();
