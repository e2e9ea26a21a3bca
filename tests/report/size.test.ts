/** How large a report of many rows is. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { reportHtml } from "../../shell/report/index.ts";

const test = suite("size");

const N = 70_000;

/** Numbers below 1 that do not pack. */
function noise(seed: number): () => number {
  return () => (seed = seed * 48_271 % 2_147_483_647) / 2_147_483_647;
}

test("70,000 texts of random letters, with two maps, are less than 5 MB", async () => {
  const random = noise(1), letter = () => 97 + Math.floor(26 * random());
  const texts = Array.from(
    { length: N },
    () => String.fromCharCode(...Array.from({ length: 150 }, letter)),
  );
  const group = (k: number) => Int32Array.from({ length: N }, () => Math.floor(k * random()));
  const html = await reportHtml({
    run: { status: "finished", method: "dec", settings: {}, data: { name: "noise", rows: N } },
    rows: {
      ids: Int32Array.from({ length: N }, (_, i) => i),
      ...{ clusters: group(60), labels: group(4), labelNames: ["a", "b", "c", "d"], texts },
      positions: Float32Array.from({ length: 2 * N }, random),
    },
  }, { script: "" });
  assert.ok(html.length < 4_880_000, `${html.length} bytes, and 120,000 for the script`);
  // Still some of each text.
  const { words } = JSON.parse(
    /<script type="application\/json"[^>]*>(.*?)<\/script>/s.exec(html)![1],
  );
  assert.ok(words.length > 1_000_000);
});

test("maps of a million points show 100,000 of them, and say so", async () => {
  const n = 1_000_000, random = noise(2);
  const html = await reportHtml({
    run: { status: "finished", method: "dec", settings: {}, data: { name: "noise", rows: n } },
    rows: {
      ids: Int32Array.from({ length: n }, (_, i) => i),
      clusters: Int32Array.from({ length: n }, (_, i) => i % 7),
      positions: Float32Array.from({ length: 2 * n }, random),
    },
  }, { script: "" });
  assert.ok(html.length < 4_880_000, `${html.length} bytes`);
  assert.match(html, ">100,000 of 1,000,000 rows. Drag");
  assert.match(html, "map of 100,000 of 1,000,000 rows of noise by cluster");
  assert.match(html, "143k", "the sizes of clusters are those of all rows");
  const { n: shown, clusters } = JSON.parse(
    /<script type="application\/json"[^>]*>(.*?)<\/script>/s.exec(html)![1],
  );
  assert.equal([shown, clusters.length], [100_000, Math.ceil(200_000 / 3) * 4]);
});

test.run();
