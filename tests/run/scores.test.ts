import { suite } from "uvu";
import * as assert from "uvu/assert";
import { scoresOf } from "../../shell/cli/predict/scores.ts";
import { agreement, withoutClass } from "../../shell/run/scores.ts";

const test = suite("scores of a run");

test("rows without a class count in no score, and a note says how many there are", () => {
  const classes = [0, -1, 0, 1, -1, 1, 1], found = Uint32Array.of(1, 0, 1, 0, 1, 0, 1);
  const known = classes.map((label, row) => ({ label, row })).filter(({ label }) => label >= 0);
  const alone = agreement(
    known.map(({ label }) => label),
    Uint32Array.from(known, ({ row }) => found[row]),
  );
  assert.is(alone.accuracy, 0.8);
  assert.equal(agreement(classes, found), alone);
  assert.equal(withoutClass(classes), [
    "scores by classes are of the 5 of 7 rows that have a class",
  ]);
  const labels = Int32Array.from(classes);
  assert.equal(scoresOf({ labels, labelNames: ["a", "b"] }, found), alone);
  assert.equal(scoresOf({ labels, labelNames: ["a", "b"] }, found, ["b", "a"]), { accuracy: 0.8 });
});

test("without classes there are no scores by them", () => {
  const found = Uint32Array.of(0, 1);
  for (const classes of [undefined, [-1, -1]]) {
    assert.equal(agreement(classes, found), {});
    assert.equal(withoutClass(classes), []);
  }
  assert.equal(scoresOf({ labels: Int32Array.of(-1, -1), labelNames: ["a"] }, found, ["a"]), {});
});

test.run();
