import { suite } from "uvu";
import * as assert from "uvu/assert";
import { doubtsOf } from "../../shell/report/doubts.ts";

const test = suite("doubts");

const run = { status: "finished", method: "dec", settings: {}, data: { name: "d", rows: 10 } };
const of = (clusters: number[], more: object = {}, labels?: number[]) =>
  doubtsOf({
    run: { ...run, ...more },
    rows: {
      ids: clusters,
      clusters: Int32Array.from(clusters),
      ...labels && { labels: Int32Array.from(labels), labelNames: ["a", "b"] },
    },
  });
const HALVES = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1];

test("nothing is said of good clusters", () => {
  const metrics = { silhouette: 0.4, accuracy: 0.9 };
  assert.equal(of(HALVES, { metrics, losses: { pretraining: [2, 1] } }, HALVES), []);
});

test("each poor sign is told with its number", () => {
  const cases: [RegExp, string[]][] = [
    [/100% of the rows are in one cluster/, of(new Array(10).fill(0))],
    [/60% of the rows are noise/, of([-1, -1, -1, -1, -1, -1, 0, 0, 1, 1])],
    [/silhouette is 0\.010/, of(HALVES, { metrics: { silhouette: 0.01 } })],
    [/0\.520, is hardly above .* 0\.500/, of(HALVES, { metrics: { accuracy: 0.52 } }, HALVES)],
    [
      /loss of pretraining did not fall: 1\.00 at first, 1\.50/,
      of(HALVES, { losses: { pretraining: [1, 1.5] } }),
    ],
    [/stopped before its end/, of(HALVES, { status: "stopped" })],
    [/as the method said/, of(HALVES, { warnings: ["as the method said"] })],
  ];
  for (const [wanted, found] of cases) {
    assert.is(found.length, 1, found.join(" | "));
    assert.match(found[0], wanted);
  }
});

test.run();
