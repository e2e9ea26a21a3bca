import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Device } from "../../shell/device/device.ts";
import { Cancelled } from "../../shell/errors.ts";
import { rowsOf, type Sparse, transposed } from "../../shell/text/sparse.ts";
import { SparseProducts } from "../../shell/text/sparse_products.ts";
import { type Svd, truncatedSvd } from "../../shell/text/svd.ts";
import { devices, release, retain } from "../devices.ts";
import golden from "../golden/text.json" with { type: "json" };
import { near, randoms } from "../harness.ts";
import { CASES } from "./golden.ts";

const test = suite("svd");
retain();

const texts: Sparse = {
  rows: golden.texts.length,
  columns: CASES.plain.terms.length,
  start: Uint32Array.from(CASES.plain.start),
  column: Uint32Array.from(CASES.plain.column),
  value: Float32Array.from(CASES.plain.value),
};

/** Five entries a row, more rows than a tile has. */
function tall(rows: number, columns: number): Sparse {
  const where = randoms(rows * 5, 3, 0, 1);
  const column = Uint32Array.from(where, (v, at) => Math.floor((at % 5 + v) * columns / 5));
  return {
    rows,
    columns,
    start: Uint32Array.from({ length: rows + 1 }, (_, i) => 5 * i),
    column,
    value: randoms(rows * 5, 4, -1, 1),
  };
}

function projector({ components }: Svd, count: number, columns: number): Float64Array {
  const out = new Float64Array(columns * columns);
  for (let c = 0; c < count; c++) {
    const row = components.subarray(c * columns, (c + 1) * columns);
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j < columns; j++) out[i * columns + j] += row[i] * row[j];
    }
  }
  return out;
}

const first = new Map<string, unknown>();

for (const { name: machine, family, open } of devices()) {
  const on = (name: string, run: (device: Device) => Promise<void>) =>
    test(`${machine} ${name}`, async () => await run(await open()));

  on("singular values and their space as in scikit-learn", async (device) => {
    const found = await truncatedSvd(device, texts, { components: 6, seed: 1 });
    near(found.singularValues, golden.svd.singular, { rel: 2e-6 }, "singular values");
    near(projector(found, 6, texts.columns), golden.svd.projector, { abs: 1e-5 }, "space");
    for (let c = 0; c < 6; c++) {
      const row = found.components.subarray(c * texts.columns, (c + 1) * texts.columns);
      assert.ok(Math.max(...row) >= -Math.min(...row), `sign of component ${c}`);
    }
    const before = first.get(family);
    if (!before) first.set(family, found);
    else if (family.startsWith("wasm")) assert.equal(found, before, "other bits with more workers");
  });

  on("products of a matrix of several tiles", async (device) => {
    const s = tall(8192 + 700, 40), count = 3;
    const w = randoms(count * s.columns, 9, -1, 1);
    const scores = new Float64Array(s.rows * count), through = new Float64Array(count * s.columns);
    for (let i = 0; i < s.rows; i++) {
      for (let c = 0; c < count; c++) {
        let sum = 0;
        for (let t = s.start[i]; t < s.start[i + 1]; t++) {
          sum += s.value[t] * w[c * s.columns + s.column[t]];
        }
        scores[i * count + c] = sum;
        for (let t = s.start[i]; t < s.start[i + 1]; t++) {
          through[c * s.columns + s.column[t]] += s.value[t] * sum;
        }
      }
    }
    const products = new SparseProducts(device, s);
    near(await products.scores(w, count), scores, { abs: 1e-5 }, "s w");
    near(await products.through(w, count), through, { abs: 2e-3, rel: 1e-5 }, "s^T s w");
  });

  on("a rank below the number of components", async (device) => {
    // Two kinds of rows, and rows without entries.
    const s: Sparse = {
      rows: 6,
      columns: 5,
      start: Uint32Array.of(0, 2, 2, 4, 5, 6, 6),
      column: Uint32Array.of(0, 1, 0, 1, 3, 3),
      value: Float32Array.of(1, 1, 1, 1, 1, 1),
    };
    const { singularValues, components } = await truncatedSvd(device, s, { components: 4 });
    near(singularValues, [2, Math.SQRT2, 0, 0], { abs: 1e-3 }, "singular values");
    near(components.subarray(0, 5), [Math.SQRT1_2, Math.SQRT1_2, 0, 0, 0], { abs: 1e-6 }, "first");
    near(components.subarray(5, 10), [0, 0, 0, 1, 0], { abs: 1e-6 }, "second");
    assert.ok(components.every(Number.isFinite));
  });
}

test("rows of a sparse matrix, and its transpose", () => {
  const s = tall(7, 10);
  assert.equal(transposed(transposed(s)), { ...s });
  const part = rowsOf(s, 2, 5);
  assert.is(part.rows, 3);
  assert.equal(Array.from(part.start), [0, 5, 10, 15]);
  assert.equal(part.value, s.value.slice(10, 25));
});

test("arguments out of range, and a stop", async () => {
  const [one] = devices();
  const device = await one.open();
  const fails = async (
    s: Sparse,
    options: object,
    type: new (message: string) => Error,
    message: RegExp,
  ) => {
    const error = await truncatedSvd(device, s, { components: 2, ...options }).catch((e) => e);
    assert.instance(error, type);
    assert.match(error.message, message);
  };
  await fails(texts, { components: 0 }, RangeError, /components must be an integer from 1 to 37/);
  await fails(
    texts,
    { components: 38 },
    RangeError,
    /the smaller of 60 rows and 37 columns, got 38/,
  );
  await fails(texts, { powerIterations: -1 }, RangeError, /powerIterations/);
  const value = texts.value.slice();
  value[3] = NaN;
  await fails({ ...texts, value }, {}, RangeError, /every entry must be finite, got NaN/);
  await fails(texts, { signal: AbortSignal.abort() }, Cancelled, /stopped on request/);
});

test.after(release);
test.run();
