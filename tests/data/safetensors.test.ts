import { Buffer } from "node:buffer";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeSafetensors, encodeSafetensors } from "../../shell/data/safetensors.ts";
import { fromBase64, rejects } from "./fixtures.ts";
import golden from "./golden/others.json" with { type: "json" };

const test = suite("safetensors");

const TENSORS = {
  w: { shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) },
  b: { shape: [1], data: Float32Array.of(-1.5) },
};

/** A file with this header and so many bytes of elements. */
function file(header: unknown, elements: number): Uint8Array {
  const json = typeof header === "string" ? header : JSON.stringify(header);
  const bytes = new Uint8Array(8 + json.length + elements);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(new TextEncoder().encode(json), 8);
  return bytes;
}

function entry(shape: unknown, begin: unknown, end: unknown, dtype = "F32") {
  return { dtype, shape, data_offsets: [begin, end] };
}

test("reads what the official library wrote", () => {
  const { tensors, metadata } = decodeSafetensors(fromBase64(golden.safetensors));
  assert.equal(tensors, TENSORS);
  assert.equal(metadata, { format: "asterism" });
});

test("reads back what it wrote", () => {
  const tensors = {
    ...TENSORS,
    "encoder.0/weight ü": { shape: [2], data: new Float32Array([9, 1, 2]).subarray(1) },
    scalar: { shape: [], data: Float32Array.of(7) },
    none: { shape: [0, 4], data: new Float32Array(0) },
  };
  const bytes = encodeSafetensors(tensors, { step: "12" });
  assert.is(new DataView(bytes.buffer).getUint32(0, true) % 8, 0, "elements are aligned");
  assert.equal(decodeSafetensors(bytes), { tensors, metadata: { step: "12" } });
});

test("reads a Buffer that is a part of a larger one", () => {
  const bytes = encodeSafetensors(TENSORS);
  const pool = Buffer.alloc(bytes.length + 20, 7);
  pool.set(bytes, 9);
  assert.equal(decodeSafetensors(pool.subarray(9, 9 + bytes.length)).tensors, TENSORS);
});

test("keeps the bits of integers, beside numbers of the other type", () => {
  const tensors = {
    labels: { shape: [2, 2], data: Uint32Array.of(0, 1, 2 ** 31, 2 ** 32 - 1) },
    ...TENSORS,
    part: { shape: [1], data: Uint32Array.of(7, 8, 9).subarray(1, 2) },
  };
  const bytes = encodeSafetensors(tensors);
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  assert.equal(header.labels, { dtype: "U32", shape: [2, 2], data_offsets: [0, 16] });
  const { tensors: got } = decodeSafetensors(bytes);
  assert.equal(got, tensors);
  assert.instance(got.labels.data, Uint32Array);
  assert.instance(got.w.data, Float32Array);
  assert.is(decodeSafetensors(file({ a: entry([1], 0, 4, "U32") }, 4)).tensors.a.data[0], 0);
});

test("writes an empty file without metadata", () => {
  assert.equal(decodeSafetensors(encodeSafetensors({})), { tensors: {}, metadata: {} });
});

test("keeps a tensor called __proto__ a tensor", () => {
  const bytes = file('{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4);
  const { tensors } = decodeSafetensors(bytes);
  assert.equal(Object.keys(tensors), ["__proto__"]);
  assert.is(Object.getPrototypeOf(tensors), Object.prototype);
});

test("refuses tensors that do not fit", () => {
  const range = (text: RegExp) => (error: unknown) =>
    error instanceof RangeError && text.test(error.message);
  const x = { shape: [3], data: new Float32Array(2) };
  assert.throws(() => encodeSafetensors({ x }), range(/x must have 3 elements, got 2/));
  assert.throws(() => encodeSafetensors({ __metadata__: x }), range(/names no tensor/));
});

test("refuses a header of the wrong length", async () => {
  const good = encodeSafetensors(TENSORS);
  await rejects(
    () => decodeSafetensors(new Uint8Array(7), "m.safetensors"),
    /^m.safetensors.*8 bytes/,
  );
  await rejects(() => decodeSafetensors(good.subarray(0, 20)), /ends inside its header/);
  const huge = good.slice();
  new DataView(huge.buffer).setBigUint64(0, 100_000_001n, true);
  await rejects(() => decodeSafetensors(huge), /header would have 100000001 bytes/);
  new DataView(huge.buffer).setBigUint64(0, 2n ** 64n - 1n, true);
  await rejects(() => decodeSafetensors(huge), /header would have/);
});

test("refuses a header that is not one", async () => {
  await rejects(() => decodeSafetensors(file("{", 0)), /not valid JSON/);
  await rejects(() => decodeSafetensors(file("[]", 0)), /not a JSON object/);
  await rejects(() => decodeSafetensors(file("null", 0)), /not a JSON object/);
  await rejects(() => decodeSafetensors(file({ __metadata__: { a: 1 } }, 0)), /map of strings/);
  await rejects(() => decodeSafetensors(file({ a: 1 }, 0)), /tensor a has the type undefined/);
  const bytes = file('{"a":0}', 0);
  bytes[10] = 0xff;
  await rejects(() => decodeSafetensors(bytes), /not valid JSON/);
});

test("refuses wrong types, shapes and ranges", async () => {
  const refuse = (entries: Record<string, unknown>, elements: number, expected: RegExp) =>
    rejects(() => decodeSafetensors(file(entries, elements)), expected);
  await rejects(() => decodeSafetensors(fromBase64(golden.safetensors_f64)), /x has the type F64/);
  await refuse({ a: entry([1], 0, 4, "I32") }, 4, /a has the type I32, and only F32 and U32/);
  await refuse({ a: entry([-1], 0, 4) }, 4, /no valid shape/);
  await refuse({ a: entry([0.5], 0, 4) }, 4, /no valid shape/);
  await refuse({ a: entry("1", 0, 4) }, 4, /no valid shape/);
  await refuse({ a: entry([1], 4, 0) }, 4, /no valid range/);
  await refuse({ a: entry([1], "0", 4) }, 4, /no valid range/);
  await refuse({ a: { dtype: "F32", shape: [1] } }, 4, /no valid range/);
  await refuse({ a: entry([2], 0, 4) }, 4, /shape \[2\] needs 8 bytes but has 4/);
  await refuse({ a: entry([2 ** 30, 2 ** 30], 0, 4) }, 4, /needs \d+ bytes but has 4/);
});

test("refuses overlaps, gaps and elements left over or missing", async () => {
  const refuse = (entries: Record<string, unknown>, elements: number, expected: RegExp) =>
    rejects(() => decodeSafetensors(file(entries, elements)), expected);
  await refuse({ a: entry([2], 0, 8), b: entry([2], 4, 12) }, 12, /tensor b overlaps/);
  await refuse({ a: entry([1], 0, 4), b: entry([1], 0, 4) }, 4, /tensor b overlaps/);
  await refuse({ a: entry([1], 0, 4), b: entry([1], 8, 12) }, 12, /gap before tensor b/);
  await refuse({ a: entry([1], 0, 4) }, 3, /need 4 bytes but it holds 3/);
  await refuse({ a: entry([1], 0, 4) }, 5, /need 4 bytes but it holds 5/);
});

test.run();
