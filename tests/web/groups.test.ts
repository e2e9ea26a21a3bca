import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Groups } from "../../shell/web/map/groups.ts";

const test = suite("groups of a map");

const data = {
  positions: new Float32Array(12),
  clusters: Int32Array.of(0, 1, -1, 1, 0, 2),
  labels: Int32Array.of(0, 0, 1, 1, -1, -1),
  labelNames: ["ape", "bee"],
  clusterNames: ["zero"],
};

test("names, counts, and what is hidden", () => {
  const groups = new Groups(data);
  assert.equal(groups.legend.map(({ name, count, shown }) => `${name} ${count} ${shown}`), [
    "noise 1 true",
    "zero 2 true",
    "cluster 1 2 true",
    "cluster 2 1 true",
  ]);
  groups.toggle(1);
  assert.equal([0, 1, 2, 3].map(groups.shows), [true, false, true, false]);
  assert.is(groups.legend[2].shown, false);
  assert.equal([...groups.weights], [1, 0, 1, 0, 1, 1]);
  groups.by = "label";
  assert.equal(groups.legend.map(({ name, shown }) => [name, shown]), [
    ["no class", true],
    ["ape", true],
    ["bee", true],
  ]);
  groups.toggle(-1);
  groups.toggle(-1);
  assert.ok([0, 1, 2, 3, 4, 5].every(groups.shows), "shown again");
});

test("without classes groups are clusters; new clusters", () => {
  const groups = new Groups({ ...data, labels: undefined }, "label");
  assert.is(groups.by, "cluster");
  groups.by = "label";
  assert.is(groups.by, "cluster");
  groups.recluster(Int32Array.of(5, 5, 5, 5, 5, 5));
  assert.equal(groups.legend, [{ group: 5, count: 6, name: "cluster 5", shown: true }]);
});

test("rows that are stressed, and steps through them and through all that are shown", () => {
  const groups = new Groups(data);
  assert.equal([groups.next(null, 1), groups.next(5, 1), groups.next(null, -1)], [0, 0, 5]);
  groups.stress(Uint32Array.of(1, 4));
  assert.equal([...groups.weights].map((v) => Math.round(100 * v)), [15, 200, 15, 15, 200, 15]);
  assert.equal([groups.next(null, 1), groups.next(1, 1), groups.next(1, -1)], [1, 4, 4]);
  groups.toggle(1);
  assert.is(groups.next(4, 1), 4);
  groups.toggle(0);
  assert.is(groups.next(4, 1), null);
  groups.stress(null);
  assert.equal([...groups.weights], [0, 0, 1, 0, 0, 1]);
});

test.run();
