/** What a model file says of a table: nothing in it is trusted. */

import { DataError } from "../../errors.ts";
import { type Input, namesOf, type TablePreprocessing } from "./preprocessing.ts";

/**
 * Proves that a value is a fitted table.
 *
 * @throws {DataError} if it is not
 */
export function checkTable(value: unknown): TablePreprocessing {
  const { kind, names, inputs, features, id, decimalCommas } = isRecord(value) ? value : {};
  const good = kind === "table" && Array.isArray(inputs) && inputs.every(isInput) &&
    Array.isArray(names) && JSON.stringify(inputs.flatMap(namesOf)) === JSON.stringify(names) &&
    (id === undefined || isText(id)) && ["undefined", "boolean"].includes(typeof decimalCommas) &&
    (features === undefined || inputs.length === 1 && isFeatures(features));
  if (good) return value as unknown as TablePreprocessing;
  throw new DataError("what the model says of its columns is damaged: save it again");
}

function isInput(value: unknown): value is Input {
  if (!isRecord(value) || typeof value.column !== "string") return false;
  const { as, fill, offset, factor, values, other } = value;
  if (as === "category") {
    return isList(values, isText) && typeof other === "boolean" && (fill === null || isText(fill));
  }
  if (as === "list") {
    return isList(offset, Number.isFinite) && isList(factor, Number.isFinite) &&
      offset.length === factor.length;
  }
  return ["number", "boolean", "date"].includes(as as string) &&
    (fill === null || Number.isFinite(fill)) && [offset, factor].every(Number.isFinite);
}

function isFeatures(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { model, revision, dtype, size, fit, background } = value;
  const side = (one: unknown) => Number.isInteger(one) && Number(one) >= 1 && Number(one) <= 8192;
  return [model, revision, dtype].every(isText) && isList(size, side) && size.length === 2 &&
    ["resize", "crop"].includes(fit as string) && ["white", "black"].includes(background as string);
}

const isText = (value: unknown) => typeof value === "string";

function isList(value: unknown, is: (one: unknown) => boolean): value is unknown[] {
  return Array.isArray(value) && value.every(is);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
