import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeNpy, encodeNpy } from "../../shell/data/npy.ts";
import { fromBase64, rejects } from "./fixtures.ts";
import golden from "./golden/npy.json" with { type: "json" };

const test = suite("npy");

test("reads what NumPy wrote", () => {
  for (const [name, { file, shape, values }] of Object.entries(golden.arrays)) {
    const array = decodeNpy(fromBase64(file));
    assert.equal(array.shape, shape, name);
    assert.equal(Array.from(array.data), values, name);
    assert.is(
      array.data.constructor.name,
      {
        f4: "Float32Array",
        f8: "Float64Array",
        i4: "Int32Array",
        u1: "Uint8Array",
      }[name.slice(0, 2)],
      name,
    );
  }
});

test("writes byte for byte what NumPy writes", () => {
  for (const [name, { file, shape, values }] of Object.entries(golden.arrays)) {
    if (name[0] !== "f") continue;
    const data = name.startsWith("f4") ? Float32Array.from(values) : Float64Array.from(values);
    assert.equal(encodeNpy(data, shape), fromBase64(file), name);
  }
});

test("encodes a view of a larger buffer, aligned to 64 bytes", () => {
  const view = new Float32Array([9, 1, 2, 9]).subarray(1, 3);
  const file = encodeNpy(view, [2]);
  assert.is((file.length - view.byteLength) % 64, 0);
  assert.equal(decodeNpy(file), { shape: [2], data: Float32Array.of(1, 2) });
});

test("reads versions 2 and 3, and a view at an odd offset", () => {
  const file = encodeNpy(Float32Array.of(1, 2), [2]);
  for (const version of [2, 3]) {
    const longer = new Uint8Array(file.length + 3);
    longer.set([...file.subarray(0, 6), version, 0, file[8], 0, 0, 0], 1);
    longer.set(file.subarray(10), 13);
    assert.equal(decodeNpy(longer.subarray(1)).data, Float32Array.of(1, 2));
  }
});

test("refuses a shape that does not fit", () => {
  assert.throws(
    () => encodeNpy(new Float32Array(5), [2, 3]),
    (error: unknown) =>
      error instanceof RangeError && /must have 6 elements, got 5/.test(error.message),
  );
});

test("refuses other orders and types", async () => {
  await rejects(
    () => decodeNpy(fromBase64(golden.refused.fortran), "x.npy"),
    /^x.npy.*column-major/,
  );
  await rejects(() => decodeNpy(fromBase64(golden.refused.big_endian)), /type >f4/);
  await rejects(() => decodeNpy(fromBase64(golden.refused.strings)), /type <U1/);
});

test("refuses malformed files", async () => {
  const file = encodeNpy(Float32Array.of(1, 2), [2]);
  const text = (from: string, to: string) =>
    Uint8Array.from(String.fromCharCode(...file).replace(from, to), (c) => c.charCodeAt(0));
  await rejects(() => decodeNpy(new Uint8Array(0)), /not a NumPy array file/);
  await rejects(() => decodeNpy(file.subarray(0, 8)), /not a NumPy array file/);
  await rejects(() => decodeNpy(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)), /not a NumPy/);
  await rejects(() => decodeNpy(file.subarray(0, 60)), /ends inside its header/);
  await rejects(() => decodeNpy(file.subarray(0, file.length - 1)), /7 bytes of elements.*needs 8/);
  await rejects(() => decodeNpy(text("\x93NUMPY\x01", "\x93NUMPY\x09")), /format version 9/);
  await rejects(() => decodeNpy(text("'shape'", "'shake'")), /cannot be understood/);
  await rejects(() => decodeNpy(text("(2,)", "(3,)")), /shape \(3\) needs 12/);
});

test.run();
