/** Which columns of a Parquet file become data, and which one the label. */

import { type FileMetaData, parquetSchema, type SchemaTree } from "hyparquet";
import { DataError } from "../errors.ts";
import type { ReadOptions } from "./dataset.ts";

/** The columns that were chosen. */
export interface Choice {
  kind: "images" | "table" | "vectors";
  /** One image column, one column with a list of numbers in each row, or the numeric ones. */
  columns: string[];
  label?: string;
  /** The class names of the label, where the file states them. */
  classNames?: string[];
}

/** A feature as Hugging Face's `datasets` writes it into the file's metadata. */
export interface Feature {
  _type?: string;
  names?: string[];
}

/**
 * Chooses columns by the options, the types and the `huggingface` metadata: see
 * {@link ReadOptions}.
 *
 * @param file what messages call it
 * @throws {DataError} if a column is missing, of a type that is not supported, or nothing fits
 */
export function chooseColumns(metadata: FileMetaData, file: string, options: ReadOptions): Choice {
  const nodes = new Map(parquetSchema(metadata).children.map((node) => [node.element.name, node]));
  const features = readFeatures(metadata);
  const label = chooseLabel(nodes, features, file, options.label);
  const images = [...nodes.keys()].filter((name) => isImage(nodes.get(name)!, features[name]));
  const columns = [...new Set(options.columns ?? defaultColumns(nodes, images, label))];
  if (!columns.length) {
    throw new DataError(
      `${file} has no image column and no numeric one: its columns are ${list(nodes)}`,
    );
  }
  const classNames = label === undefined ? undefined : classNamesOf(features[label]);
  return { kind: kindOf(nodes, images, columns, file), columns, label, classNames };
}

/** What columns hold. @throws {DataError} if they cannot be clustered, or not together */
function kindOf(nodes: Nodes, images: string[], columns: string[], file: string): Choice["kind"] {
  const kinds = columns.map((name) => {
    const node = find(nodes, name, file);
    if (images.includes(name)) return "images";
    if (isNumeric(node)) return "table";
    if (elementOf(node)) return "vectors";
    throw new DataError(
      `${file}: column "${name}" is ${describe(node)}, but only images, numbers and lists of ` +
        `numbers can be clustered: choose other columns`,
    );
  });
  const whole = kinds.find((kind) => kind !== "table");
  if (whole && columns.length > 1) {
    throw new DataError(
      `${file}: ${whole === "images" ? "an image column" : "a column of lists"} cannot be joined ` +
        `with others (${columns.join(", ")}): choose one`,
    );
  }
  return whole ?? "table";
}

/**
 * Chooses a column of labels by its name, or the first of some names that is there.
 *
 * @throws {DataError} if it is missing or of a type that cannot be labels
 */
export function chooseLabels(
  metadata: FileMetaData,
  file: string,
  name: string | undefined,
  usual: readonly string[],
): { readonly column: string; readonly classNames?: string[] } {
  const nodes = new Map(parquetSchema(metadata).children.map((node) => [node.element.name, node]));
  const features = readFeatures(metadata);
  const found = name ?? usual.find((one) => nodes.has(one)) ??
    (nodes.size === 1 ? [...nodes.keys()][0] : undefined);
  if (found === undefined) {
    throw new DataError(
      `${file} has no column called ${usual.join(" or ")}: name one of ${list(nodes)} as ` +
        `${file}:COLUMN`,
    );
  }
  return {
    column: chooseLabel(nodes, features, file, found)!,
    classNames: classNamesOf(features[found]),
  };
}

/** Names of the columns with images. */
export function imageColumns(metadata: FileMetaData): string[] {
  const features = readFeatures(metadata);
  return parquetSchema(metadata).children
    .filter((node) => isImage(node, features[node.element.name]))
    .map(({ element }) => element.name);
}

type Nodes = Map<string, SchemaTree>;

/**
 * The image columns if there are any, else the first list of floats (an embedding), else all
 * numbers but the label, `id` and pandas' row index.
 */
function defaultColumns(nodes: Nodes, images: string[], label?: string): string[] {
  if (images.length) return images;
  const vectors = [...nodes].filter(([, node]) =>
    ["FLOAT", "DOUBLE"].includes(elementOf(node)?.element.type ?? "")
  );
  if (vectors.length) return [vectors[0][0]];
  return [...nodes]
    .filter(([name, node]) => isNumeric(node) && name !== label)
    .map(([name]) => name)
    .filter((name) => !/^(id|__index_level_\d+__)$/.test(name));
}

function chooseLabel(
  nodes: Nodes,
  features: Record<string, Feature>,
  file: string,
  label: string | false | undefined,
): string | undefined {
  if (label === false) return undefined;
  if (label === undefined) {
    const names = [...nodes.keys()];
    return names.find((name) => classNamesOf(features[name]) && isClass(nodes.get(name)!)) ??
      names.find((name) => name === "label" && isClass(nodes.get(name)!));
  }
  const node = find(nodes, label, file);
  if (isClass(node)) return label;
  throw new DataError(
    `${file}: column "${label}" is ${
      describe(node)
    }, but a label must be an integer, a boolean or ` +
      `a string: choose another label column`,
  );
}

function find(nodes: Nodes, name: string, file: string): SchemaTree {
  const node = nodes.get(name);
  if (node) return node;
  throw new DataError(`${file} has no column "${name}": its columns are ${list(nodes)}`);
}

function list(nodes: Nodes): string {
  return [...nodes].map(([name, node]) => `${name} (${describe(node)})`).join(", ") || "none";
}

/** What `datasets` wrote about the columns; a file from elsewhere has nothing there. */
export function readFeatures(metadata: FileMetaData): Record<string, Feature> {
  const text = metadata.key_value_metadata?.find(({ key }) => key === "huggingface")?.value;
  try {
    return JSON.parse(text ?? "{}").info?.features ?? {};
  } catch {
    return {};
  }
}

export function classNamesOf(feature: Feature | undefined): string[] | undefined {
  if (feature?._type !== "ClassLabel" || !Array.isArray(feature.names)) return undefined;
  return feature.names.map(String);
}

/** A struct with a field `bytes`, or plain bytes that the metadata calls an image. */
export function isImage({ element, children }: SchemaTree, feature: Feature | undefined): boolean {
  if (element.repetition_type === "REPEATED") return false;
  if (feature?._type === "Image" && element.type === "BYTE_ARRAY") return true;
  return children.some(({ element: field }) =>
    field.name === "bytes" && field.type === "BYTE_ARRAY" && field.repetition_type !== "REPEATED"
  );
}

const TIMES = /^(DATE|TIME|TIMESTAMP|INTERVAL)/;
const NUMBERS = ["INT32", "INT64", "FLOAT", "DOUBLE", "BOOLEAN"];

export function isNumeric({ element, children }: SchemaTree): boolean {
  const { type = "", converted_type = "", logical_type } = element;
  if (children.length || element.repetition_type === "REPEATED") return false;
  if (TIMES.test(converted_type) || TIMES.test(logical_type?.type ?? "")) return false;
  return NUMBERS.includes(type) || converted_type === "DECIMAL" || logical_type?.type === "FLOAT16";
}

/** The numbers of a list column: a group, a repeated group, one numeric leaf; else undefined. */
export function elementOf({ element, children }: SchemaTree): SchemaTree | undefined {
  const [repeated, ...others] = children;
  if (element.repetition_type === "REPEATED" || !repeated || others.length) return undefined;
  if (repeated.element.repetition_type !== "REPEATED" || repeated.children.length !== 1) {
    return undefined;
  }
  const [leaf] = repeated.children;
  return isNumeric(leaf) ? leaf : undefined;
}

/** Whether a column can be a label: integers, booleans, strings. */
function isClass(node: SchemaTree): boolean {
  const { type = "", converted_type, logical_type, repetition_type } = node.element;
  if (converted_type === "UTF8" || logical_type?.type === "STRING") {
    return repetition_type !== "REPEATED";
  }
  return isNumeric(node) && ["INT32", "INT64", "BOOLEAN"].includes(type) &&
    converted_type !== "DECIMAL";
}

/** A column's type in a reader's words. */
export function describe({ element, children }: SchemaTree): string {
  const { converted_type, logical_type, repetition_type, type } = element;
  if (converted_type === "UTF8") return "STRING";
  const name = logical_type?.type ?? converted_type;
  if (name && name !== "INTEGER") return name;
  if (repetition_type === "REPEATED") return "LIST";
  return children.length ? "STRUCT" : type ?? "of an unknown type";
}
