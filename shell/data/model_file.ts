/** Models as one safetensors file: the tensors, and settings in JSON in its header. */

import { DataError } from "../errors.ts";
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from "./safetensors.ts";

/** What a model file holds; the methods' `save` gives it and `loadModel` takes it. */
export interface ModelFile {
  /** Name of the method that made it. */
  readonly method: string;
  /** Settings of the method, with the layers of its networks. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Weights and whatever else new rows need, by name. */
  readonly tensors: Record<string, NamedTensor<Float32Array>>;
  /** How codes get their clusters, if the method finds some. */
  readonly clusters?: unknown;
  /** How rows were made into numbers. */
  readonly preprocessing?: unknown;
  /** Of a classifier: names of the classes 0, 1, ... */
  readonly classNames?: readonly string[];
}

/** Key of the settings in the file's metadata, and the number of their layout. */
const KEY = "asterism";
const LAYOUT = 1;
/** The first byte of a header. */
const BRACE = "{".charCodeAt(0);
const NAME_A_RUN = "name the folder of a run of train, or its model.safetensors";

/** Encodes a model; `about` is free text for people who look at the file. */
export function encodeModel(model: ModelFile, about: Record<string, string> = {}): Uint8Array {
  const { tensors, ...settings } = model;
  const metadata = { ...about, [KEY]: JSON.stringify({ layout: LAYOUT, ...settings }) };
  return encodeSafetensors(tensors, metadata);
}

/**
 * The same settings as JSON for people to read, with the shapes of the tensors but not their
 * elements. Lists of plain values take one line; long texts, which are numbers in another guise, are
 * cut short.
 */
export function describeModel(model: ModelFile, about: Record<string, string> = {}): string {
  const { tensors, ...settings } = model;
  const shapes = Object.entries(tensors).map(([name, { shape }]) => [name, shape]);
  const all = { ...about, layout: LAYOUT, ...settings, tensors: Object.fromEntries(shapes) };
  // What JSON leaves out, undefined, is left out first.
  return `${readable(JSON.parse(JSON.stringify(all)), "")}\n`;
}

/** Characters of a text that is shown whole. */
const LONG = 1000;

function readable(value: unknown, indent: string): string {
  const plain = (one: unknown) => typeof one !== "object" || one === null;
  if (typeof value === "string" && value.length > LONG) {
    return JSON.stringify(`${value.slice(0, 20)}... (${value.length} characters)`);
  }
  if (plain(value)) return JSON.stringify(value);
  if (Array.isArray(value) && value.every(plain)) {
    return `[${value.map((one) => JSON.stringify(one)).join(", ")}]`;
  }
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const entries = Object.entries(value as object).map(([name, one]) =>
    `${inner}${Array.isArray(value) ? "" : `${JSON.stringify(name)}: `}${readable(one, inner)}`
  );
  return entries.length > 0 ? `${open}\n${entries.join(",\n")}\n${indent}${close}` : open + close;
}

/**
 * Decodes a model; trusts nothing in the file.
 * @throws DataError if it is not a safetensors file, or not of a model of this package
 */
export function decodeModel(bytes: Uint8Array, file = "the model file"): ModelFile {
  // The header of other files would be of absurd length, or is no JSON.
  if (bytes.length > 8 && (bytes[8] !== BRACE || bytes[7] > 0)) {
    throw new DataError(`${file} is no model of Asterism: ${NAME_A_RUN}`);
  }
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  const settings = settingsOf(metadata[KEY], file);
  const { layout, method, options, clusters, preprocessing, classNames: names } = settings;
  if (layout !== LAYOUT) {
    throw new DataError(`${file} has layout ${layout} of model files, and ${LAYOUT} is read here`);
  }
  if (typeof method !== "string" || typeof options !== "object" || options === null) {
    throw new DataError(`${file} does not say which method and settings it is of: save it again`);
  }
  const integer = Object.entries(tensors).find(([, { data }]) => !(data instanceof Float32Array));
  if (integer) throw new DataError(`${file}: tensor ${integer[0]} must be F32`);
  return {
    method,
    options: options as Record<string, unknown>,
    tensors: tensors as Record<string, NamedTensor<Float32Array>>,
    ...clusters !== undefined && { clusters },
    ...preprocessing !== undefined && { preprocessing },
    ...isNames(names) && { classNames: names },
  };
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}

function settingsOf(text: string | undefined, file: string): Record<string, unknown> {
  if (text === undefined) {
    throw new DataError(`${file} holds tensors, but not of a model of Asterism: ${NAME_A_RUN}`);
  }
  try {
    const value = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Told below.
  }
  throw new DataError(`${file}: its settings are not valid JSON: save it again`);
}
