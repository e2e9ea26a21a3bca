import { suite } from "uvu";
import * as assert from "uvu/assert";
import { schedules } from "../../shell/methods/settings.ts";

const test = suite("schedule");

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

test.run();
