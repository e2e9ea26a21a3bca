import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { encodeAssignments } from "../../shell/data/assignments.ts";
import { memoryBuffer } from "./fixtures.ts";

const test = suite("assignments");

const CLUSTERED = {
  ids: Int32Array.of(0, 1, 60_000),
  cluster: Int32Array.of(2, 0, 2),
  distance: Float32Array.of(0, 0.25, 1e-3),
};

test("writes ids, class names, clusters and distances", async () => {
  const labels = Int32Array.of(1, -1, 0);
  const file = encodeAssignments({ ...CLUSTERED, labels, labelNames: ["ape", "cat"] });
  assert.equal(await parquetReadObjects({ file: memoryBuffer(file) }), [
    { id: 0, label: "cat", cluster: 2, distance: 0 },
    { id: 1, label: null, cluster: 0, distance: 0.25 },
    { id: 60_000, label: "ape", cluster: 2, distance: Math.fround(1e-3) },
  ]);
});

test("has the same columns and types with and without labels", async () => {
  const bare = encodeAssignments(CLUSTERED);
  const named = encodeAssignments({
    ...CLUSTERED,
    labels: new Int32Array(3),
    labelNames: ["a"],
  });
  const schema = (file: Uint8Array) =>
    parquetMetadata(file).schema.slice(1).map(({ name, type, converted_type, repetition_type }) =>
      [name, type, converted_type, repetition_type].filter(Boolean).join(" ")
    );
  assert.equal(schema(bare), [
    "id INT32 REQUIRED",
    "label BYTE_ARRAY UTF8 OPTIONAL",
    "cluster INT32 REQUIRED",
    "distance FLOAT REQUIRED",
  ]);
  assert.equal(schema(named), schema(bare));
  const rows = await parquetReadObjects({ file: memoryBuffer(bare) });
  assert.equal(rows.map(({ label }) => label), [null, null, null]);
});

test("keeps every row of a large result", async () => {
  const n = 70_000;
  const file = encodeAssignments({
    ids: Int32Array.from({ length: n }, (_, i) => i),
    labels: Int32Array.from({ length: n }, (_, i) => i % 10),
    labelNames: [..."0123456789"],
    cluster: Int32Array.from({ length: n }, (_, i) => i % 7),
    distance: Float32Array.from({ length: n }, (_, i) => i / 8),
  });
  const rows = await parquetReadObjects({ file: memoryBuffer(file) });
  assert.is(rows.length, n);
  assert.ok(
    rows.every(({ id, label, cluster, distance }, i) =>
      id === i && label === `${i % 10}` && cluster === i % 7 && distance === i / 8
    ),
  );
});

test("writes a result of no rows", async () => {
  const none = {
    ids: new Int32Array(0),
    cluster: new Int32Array(0),
    distance: new Float32Array(0),
  };
  assert.equal(await parquetReadObjects({ file: memoryBuffer(encodeAssignments(none)) }), []);
});

test("refuses arrays of different lengths and labels without a name", () => {
  const range = (text: RegExp) => (error: unknown) =>
    error instanceof RangeError && text.test(error.message);
  const labels = Int32Array.of(0, 1, 2);
  assert.throws(
    () => encodeAssignments({ ...CLUSTERED, cluster: new Int32Array(2) }),
    range(/cluster must have 3 rows, got 2/),
  );
  assert.throws(
    () => encodeAssignments({ ...CLUSTERED, labels, labelNames: ["a", "b"] }),
    range(/label 2 has no name/),
  );
});

test.run();
