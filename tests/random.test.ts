import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Philox, philox, type Words } from "../shell/random.ts";

const test = suite("random");

test("Philox4x32-10 gives the published answers", () => {
  const ones = 0xffffffff;
  // Counter, key and result, from the authors' Random123 library, tests/kat_vectors.
  const known: [Words, [number, number], Words][] = [
    [[0, 0, 0, 0], [0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
    [[ones, ones, ones, ones], [ones, ones], [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ];
  for (const [counter, key, want] of known) assert.equal(philox(counter, key), want);
});

test("next runs through the blocks of counters", () => {
  const random = new Philox(5, 6, 7);
  const got = Array.from({ length: 12 }, () => random.next());
  assert.equal(got, [0, 1, 2].flatMap((block) => [...philox([block, 7, 0, 0], [5, 6])]));
});

test("the same seed and stream repeat, others differ", () => {
  const first = (seed: number, stream?: number) => new Philox(seed, stream).next();
  assert.is(first(1, 2), first(1, 2));
  assert.is(first(1), first(1, 0));
  assert.is.not(first(1, 2), first(2, 2));
  assert.is.not(first(1, 2), first(1, 3));
});

/** Mean and variance. */
function moments(values: readonly number[]): [number, number] {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return [mean, values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length];
}

test("uniform lies in [0, 1) with the right moments", () => {
  const random = new Philox(1);
  const values = Array.from({ length: 100_000 }, () => random.uniform());
  assert.ok(values.every((v) => v >= 0 && v < 1));
  const [mean, variance] = moments(values);
  assert.ok(Math.abs(mean - 1 / 2) < 0.004, `mean ${mean}`);
  assert.ok(Math.abs(variance - 1 / 12) < 0.002, `variance ${variance}`);
});

test("normal has the right moments and no correlation of neighbours", () => {
  const random = new Philox(2);
  const values = Array.from({ length: 100_000 }, () => random.normal());
  const [mean, variance] = moments(values);
  assert.ok(Math.abs(mean) < 0.015, `mean ${mean}`);
  assert.ok(Math.abs(variance - 1) < 0.02, `variance ${variance}`);
  const [product] = moments(values.slice(1).map((v, i) => v * values[i]));
  assert.ok(Math.abs(product) < 0.015, `product ${product}`);
});

test("below is even over its range", () => {
  const random = new Philox(3);
  assert.is(random.below(1), 0);
  const counts = new Array(7).fill(0);
  for (let i = 0; i < 70_000; i++) counts[random.below(7)]++;
  // Five standard deviations of a binomial count.
  assert.ok(counts.every((c) => Math.abs(c - 10_000) < 470), `${counts}`);
  const high = Array.from({ length: 1000 }, () => random.below(3 * 2 ** 30));
  assert.ok(high.every((v) => v < 3 * 2 ** 30) && high.some((v) => v > 2 ** 31));
});

test("permutation holds each number once, all orders alike", () => {
  const random = new Philox(4);
  assert.equal([...random.permutation(0)], []);
  assert.equal([...random.permutation(1)], [0]);
  assert.equal([...random.permutation(1000)].sort((a, b) => a - b), [...Array(1000).keys()]);
  const counts = new Map<string, number>();
  for (let i = 0; i < 24_000; i++) {
    const order = random.permutation(4).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.is(counts.size, 24);
  for (const [order, count] of counts) {
    assert.ok(Math.abs(count - 1000) < 155, `${order}: ${count}`);
  }
});

test("arguments out of range are refused", () => {
  assert.throws(() => new Philox(-1), /seed must be an integer/);
  assert.throws(() => new Philox(0, 2 ** 32), /stream must be an integer/);
  assert.throws(() => new Philox(0, 0, 0.5), /step must be an integer/);
  assert.throws(() => new Philox(0).below(0), /n must be an integer/);
  assert.throws(() => new Philox(0).permutation(-1), /n must be an integer/);
});

test.run();
