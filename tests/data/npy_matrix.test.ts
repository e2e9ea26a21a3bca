import { suite } from "uvu";
import * as assert from "uvu/assert";
import { encodeNpy } from "../../shell/data/npy.ts";
import { readNpyLabels, readNpyMatrix } from "../../shell/data/npy_matrix.ts";
import { Cancelled } from "../../shell/errors.ts";
import { fromBase64, memoryBuffer, rejects } from "./fixtures.ts";
import golden from "./golden/npy.json" with { type: "json" };

const test = suite("npy matrices");

const matrix = (file: Uint8Array, options = {}) =>
  readNpyMatrix(memoryBuffer(file), "x.npy", options);
const labels = (file: Uint8Array) => readNpyLabels(memoryBuffer(file), "y.npy");

/** Changes the one place where a header says something. */
const edited = (file: Uint8Array, from: string, to: string) =>
  Uint8Array.from(String.fromCharCode(...file).replace(from, to), (c) => c.charCodeAt(0));

test("reads every type, order of axes and order of bytes that NumPy writes", async () => {
  for (const [name, { file, shape, values }] of Object.entries(golden.matrices)) {
    const { n, width, data } = await matrix(fromBase64(file));
    assert.equal([n, width], shape, name);
    assert.equal(Array.from(data), values, name);
  }
});

test("reads the first rows only, of both orders of axes", async () => {
  for (const name of ["<f4_C", "<f8_F"] as const) {
    const { n, data } = await matrix(fromBase64(golden.matrices[name].file), { limit: 1 });
    assert.is(n, 1);
    assert.equal(data, Float32Array.of(0, 1, 2), name);
  }
});

test("reads files that are longer than a strip, tells its progress, and stops when asked", async () => {
  const n = 3, width = 1 << 19;
  const values = Float32Array.from({ length: n * width }, (_, i) => i % 1013);
  const rows = encodeNpy(values, [n, width]);
  // The same numbers in memory order, as columns: 2 ** 19 of 3 rows each.
  const columns = edited(rows.subarray(0, 128), "False", "True ");
  const swapped = edited(columns, `(${n}, ${width})`, `(${width}, ${n})`);
  const whole = new Uint8Array(rows.length);
  whole.set(rows);
  whole.set(swapped);
  const seen: [number, number][] = [];
  const onProgress = (done: number, total: number) => void seen.push([done, total]);
  const read = await matrix(rows, { onProgress });
  assert.ok(read.data.every((value, i) => value === values[i]));
  assert.equal(seen, [[2, 3], [3, 3]]);
  const turned = await matrix(whole);
  assert.equal([turned.n, turned.width], [width, n]);
  assert.ok(
    turned.data.every((value, i) => value === values[(i % n) * width + Math.floor(i / n)]),
  );
  const stop = new AbortController();
  const stopping = () => stop.abort();
  const error = await matrix(rows, { signal: stop.signal, onProgress: stopping }).catch((e) => e);
  assert.instance(error, Cancelled);
});

test("names the row and column of a number that is not finite", async () => {
  const spoilt = (value: number) => encodeNpy(Float32Array.of(1, 2, 3, 4, value, 6), [2, 3]);
  await rejects(() => matrix(spoilt(NaN)), /^x.npy, row 1, column 1 .*the value is NaN, but/);
  await rejects(() => matrix(spoilt(-Infinity)), /the value is -Infinity/);
  const turned = edited(edited(spoilt(Infinity), "False", "True "), "(2, 3)", "(2, 3)");
  await rejects(() => matrix(turned), /^x.npy, row 0, column 2 .*the value is Infinity/);
  const wide = edited(encodeNpy(new Float32Array(2), [2, 1]), "<f4", "<f8");
  wide.set(new Uint8Array(Float64Array.of(1e300).buffer), wide.length - 8);
  await rejects(() => matrix(edited(wide, "(2, 1)", "(1, 1)")), /row 0, column 0 .* 1e\+300, but/);
});

test("refuses other shapes, other types and files that are cut short", async () => {
  await rejects(
    () => matrix(encodeNpy(new Float32Array(3), [3])),
    /^x.npy has shape \(3\): points must be a matrix/,
  );
  await rejects(() => matrix(encodeNpy(new Float32Array(0), [0, 4])), /shape \(0, 4\): points/);
  await rejects(() => matrix(fromBase64(golden.refused.strings)), /elements of type <U1/);
  const cut = fromBase64(golden.matrices["<f8_C"].file);
  await rejects(
    () => matrix(cut.subarray(0, cut.length - 3)),
    /^x.npy has 45 bytes of elements where shape \(2, 3\) needs 48/,
  );
  await rejects(() => matrix(new TextEncoder().encode("x,y\n1,2\n")), /not a NumPy array file/);
});

test("reads labels: words, integers, booleans, a column", async () => {
  const of = (name: keyof typeof golden.labels) => labels(fromBase64(golden.labels[name]));
  assert.equal(await of("words"), ["setosa", "été", "🐱", "setosa"]);
  assert.equal(await of("big_words"), ["b", "a"]);
  assert.equal(await of("integers"), [3, -1, 10, 3]);
  assert.equal(await of("column"), [2, 1]);
  assert.equal(await of("booleans"), [true, false]);
});

test("refuses labels that are a matrix, or no integers", async () => {
  await rejects(
    () => labels(fromBase64(golden.matrices["<f4_C"].file)),
    /^y.npy has shape \(2, 3\): labels must be one number or word for each row/,
  );
  await rejects(
    () => labels(encodeNpy(Float32Array.of(1, 0.5), [2])),
    /^y.npy, row 1 .*a label must be an integer or a word, got 0.5/,
  );
});

test.run();
