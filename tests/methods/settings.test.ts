import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checkSettings, defaults, schedules } from "../../shell/methods/settings.ts";

const test = suite("settings");

test("every schedule starts at 1 and stays between 0 and 1; constant does not fall", () => {
  for (const [name, schedule] of Object.entries(schedules)) {
    assert.is(schedule(1, 100), 1, name);
    for (let step = 1; step <= 100; step++) {
      const factor = schedule(step, 100);
      assert.ok(factor > 0 && factor <= 1, `${name}, step ${step}: ${factor}`);
    }
  }
  assert.is(schedules.constant(), 1);
});

test("hold: 1 for 70% of the steps, then a straight line that would reach 0 after the last", () => {
  assert.is(schedules.hold(70, 100), 1);
  assert.ok(Math.abs(schedules.hold(86, 100) - 0.5) < 1e-12);
  assert.ok(Math.abs(schedules.hold(100, 100) - 1 / 30) < 1e-12);
});

test("cosine: half way down in the middle", () => {
  assert.ok(Math.abs(schedules.cosine(51, 100) - 0.5) < 1e-12);
  assert.ok(schedules.cosine(100, 100) < 0.001);
});

test("step: a tenth of the rate after each third of the steps", () => {
  const factors = [1, 33, 34, 67, 68, 100].map((step) => schedules.step(step, 100));
  [1, 1, 1, 0.1, 0.01, 0.01].forEach((want, i) => assert.ok(Math.abs(factors[i] - want) < 1e-12));
  assert.ok(Math.abs(schedules.step(35, 100) - 0.1) < 1e-12);
  // Fewer steps than thirds.
  assert.is(schedules.step(1, 1), 1);
});

test("defaults: what was given counts, undefined does not, null and 0 do", () => {
  const preset: { a: number | null; b: number; c?: number } = { a: 1, b: 2 };
  assert.equal(defaults(preset, {}), { a: 1, b: 2 });
  assert.equal(defaults(preset, { a: undefined, b: 0, c: 5 }), { a: 1, b: 0, c: 5 });
  assert.equal(defaults(preset, { a: null }), { a: null, b: 2 });
  assert.equal(preset, { a: 1, b: 2 });
});

test("settings out of their range are named", () => {
  const good = {
    ...{ rate: 1e-3, batch: 1, epochs: 1, clip: 0, patience: 0, seed: 2 ** 32 - 1, clusters: 1 },
    ...{ starts: 1, corruption: 0, layerwise: 0, refineEpochs: 1, refineRate: 1, refineBatch: 9 },
    ...{ interval: 1, tolerance: 0, alpha: 0.5, gamma: 0, margin: 2, neighbours: 5, classes: 2 },
    ...{ schedule: "step", normalise: "cosine", mining: "hard", other: NaN },
  };
  checkSettings(good);
  const wrong: [object, RegExp][] = [
    ...["rate", "refineRate", "alpha", "margin"].flatMap((name): [object, RegExp][] =>
      [0, -1, NaN, Infinity, "1", null].map((value) => [
        { [name]: value },
        new RegExp(`^${name} must be above 0, got ${value}$`),
      ])
    ),
    ...["batch", "epochs", "clusters", "starts", "interval", "neighbours", "refineBatch"]
      .map((name): [object, RegExp] => [
        { [name]: 0 },
        new RegExp(`^${name} must be an integer of at least 1, got 0$`),
      ]),
    [{ batch: 2.5 }, /^batch must be an integer of at least 1, got 2.5$/],
    [{ clip: -1 }, /^clip must be at least 0, got -1$/],
    [{ gamma: Infinity }, /^gamma must be at least 0/],
    [{ tolerance: NaN }, /^tolerance must be at least 0/],
    [{ corruption: 1 }, /^corruption must be at least 0 and below 1, got 1$/],
    [{ seed: 2 ** 32 }, /^seed must be an integer from 0 to 4294967295/],
    [{ seed: 0.5 }, /^seed must be/],
    [{ classes: 1 }, /^classes must be an integer of at least 2, got 1$/],
    [{ schedule: "toString" }, /^schedule must be one of constant, hold, step, cosine/],
    [{ normalise: "max" }, /^normalise must be one of none, cosine, got max$/],
    [{ mining: 3 }, /^mining must be one of random, hard, semi_hard, got 3$/],
  ];
  for (const [change, sentence] of wrong) {
    assert.throws(
      () => checkSettings({ ...good, ...change }),
      (error: unknown) => error instanceof RangeError && sentence.test(error.message),
      `${sentence}`,
    );
  }
});

test.run();
