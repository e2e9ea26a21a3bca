import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  decodeModel,
  describeModel,
  encodeModel,
  type ModelFile,
} from "../../shell/data/model_file.ts";
import { encodeSafetensors } from "../../shell/data/safetensors.ts";
import { rejects } from "./fixtures.ts";

const test = suite("model file");

const MODEL: ModelFile = {
  method: "autoencoder",
  options: { seed: 1, input: [4], encoder: [{ type: "dense", units: 2 }] },
  tensors: {
    "encoder.0.weight": { shape: [4, 2], data: Float32Array.from({ length: 8 }, (_, i) => i / 3) },
    "encoder.0.bias": { shape: [1], data: Float32Array.of(-1) },
  },
};

/** One tensor in the header. */
interface Entry {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

/** A file with these settings and no tensors. */
function file(asterism: unknown): Uint8Array {
  const text = typeof asterism === "string" ? asterism : JSON.stringify(asterism);
  return encodeSafetensors({}, { asterism: text });
}

test("gives back what was written, and no more", () => {
  assert.equal(decodeModel(encodeModel(MODEL)), MODEL);
  const full = {
    ...MODEL,
    clusters: { normalise: "none", columns: { mean: [], factor: [] } },
    preprocessing: { kind: "images", shape: [2, 2, 1], scale: 1 / 255, shift: 0 },
    classNames: ["ape", "cat"],
  };
  assert.equal(decodeModel(encodeModel(full, { status: "finished" })), full);
});

test("names of classes are words, or none", () => {
  for (const names of [7, "ape", ["ape", 2], { 0: "ape" }]) {
    const spoilt = { ...MODEL, classNames: names } as unknown as ModelFile;
    assert.equal(decodeModel(encodeModel(spoilt)), MODEL);
  }
});

test("the settings as JSON to read: shapes for tensors, a line for a list, no long texts", () => {
  const preprocessing = {
    kind: "text",
    idf: "A".repeat(5000),
    note: 'a "quote"',
    none: [],
    no: {},
  };
  const text = describeModel({ ...MODEL, preprocessing }, { status: "finished" });
  assert.match(text, /\n {2}"tensors": \{\n {4}"encoder.0.weight": \[4, 2\],\n/);
  assert.ok(text.endsWith("}\n"));
  const { tensors, status, layout, ...settings } = JSON.parse(text);
  assert.equal(tensors, { "encoder.0.weight": [4, 2], "encoder.0.bias": [1] });
  assert.equal([status, layout], ["finished", 1]);
  const { tensors: _tensors, ...want } = MODEL;
  const idf = `${"A".repeat(20)}... (5000 characters)`;
  assert.equal(settings, { ...want, preprocessing: { ...preprocessing, idf } });
});

test("keeps the rules of the format: sizes, alignment, offsets, a map of strings", () => {
  const bytes = encodeModel(MODEL, { status: "finished" });
  const view = new DataView(bytes.buffer);
  const length = Number(view.getBigUint64(0, true));
  assert.is((8 + length) % 8, 0, "the elements are aligned");
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  assert.is(text[0], "{", "the header begins with a brace");
  assert.match(text, /\} *$/, "and is filled up with spaces");
  const { __metadata__: metadata, ...entries } = JSON.parse(text);
  assert.equal(Object.keys(metadata).sort(), ["asterism", "status"]);
  for (const value of Object.values(metadata)) assert.type(value, "string");
  let end = 0;
  for (const [name, { dtype, shape, data_offsets: [from, to] }] of Object.entries<Entry>(entries)) {
    assert.is(dtype, "F32");
    assert.is(from, end, `${name} begins where the one before ends`);
    assert.is(to - from, 4 * shape.reduce((a, b) => a * b, 1));
    const want = MODEL.tensors[name].data;
    want.forEach((value, i) => {
      assert.is(view.getFloat32(8 + length + from + 4 * i, true), value, `${name}[${i}]`);
    });
    end = to;
  }
  assert.is(8 + length + end, bytes.length, "and nothing is left over");
});

test("refuses what is not a model of this package", async () => {
  const refuse = (bytes: Uint8Array, sentence: RegExp) =>
    rejects(() => decodeModel(bytes, "m.safetensors"), sentence);
  await refuse(new Uint8Array(3), /^m.safetensors is not a valid safetensors file/);
  await refuse(encodeSafetensors({}), /^m.safetensors holds tensors, but not of a model/);
  await refuse(file("{"), /settings are not valid JSON/);
  await refuse(file("7"), /settings are not valid JSON/);
  await refuse(file("null"), /settings are not valid JSON/);
  await refuse(file({ layout: 2, method: "dec", options: {} }), /has layout 2 .*, and 1 is read/);
  await refuse(file({ method: "dec", options: {} }), /has layout undefined/);
  await refuse(file({ layout: 1, options: {} }), /does not say which method and settings/);
  await refuse(file({ layout: 1, method: "dec" }), /does not say which method and settings/);
  await refuse(file({ layout: 1, method: 1, options: {} }), /does not say which method/);
  await refuse(file({ layout: 1, method: "dec", options: 1 }), /does not say which method/);
  const counts = { shape: [2], data: Uint32Array.of(1, 2) };
  const settings = JSON.stringify({ layout: 1, method: "dec", options: {} });
  const integers = encodeSafetensors({ counts }, { asterism: settings });
  await refuse(integers, /^m.safetensors: tensor counts must be F32$/);
});

test("settings cannot reach an object's prototype", () => {
  const { options } = decodeModel(
    file('{"layout":1,"method":"dec","options":{"__proto__":{"seed":7}}}'),
  );
  assert.is(({} as { seed?: number }).seed, undefined);
  assert.ok(Object.hasOwn(options, "__proto__"));
});

test.run();
