/** How much memory rows may take. */

import { freemem } from "node:os";
import process from "node:process";
import { UsageError } from "../errors.ts";

/**
 * Bytes that an option such as `500MB`, `2GB`, `1.5GiB` or `1000000` allows; by default half of
 * what is free.
 *
 * @throws {UsageError} if it is no size
 */
export function bytesOf(size: string | undefined, free = freeMemory()): number {
  if (size === undefined) return Math.floor(free / 2);
  const [, digits, letter, binary] = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B?$/i.exec(size) ?? [];
  const power = " KMGT".indexOf(letter?.toUpperCase() || " ");
  const bytes = Math.floor(Number(digits) * (binary ? 1024 : 1000) ** power);
  if (digits !== undefined && bytes >= 1 && Number.isSafeInteger(bytes)) return bytes;
  throw new UsageError(`--memory must be a size such as 500MB or 2GB, got "${size}"`);
}

/** Bytes of memory that this process can still have: a container may allow less than is free. */
function freeMemory(): number {
  return Math.min(freemem(), process.availableMemory?.() ?? Infinity);
}

/** A number of bytes for people. */
export function inWords(bytes: number): string {
  const [unit, name] = bytes >= 1e9 ? [1e9, "GB"] : bytes >= 1e6 ? [1e6, "MB"] : [1e3, "kB"];
  return `${Number((bytes / (unit as number)).toPrecision(3))} ${name}`;
}
