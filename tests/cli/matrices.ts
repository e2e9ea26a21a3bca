/** Small matrices in every kind of file, for the commands that read one. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeNpy } from "../../shell/data/index.ts";
import { randoms } from "../harness.ts";
import { writeTable } from "./asterism.ts";

/** Rows of {@link ROWS}. */
export const COUNT = 90;
/** Three groups of rows of two numbers, 30 each, one after another in turn. */
export const ROWS = Float32Array.from(
  randoms(COUNT * 2, 5, -0.4, 0.4),
  (noise, i) => noise + [[0, 0], [4, 0], [0, 4]][(i >> 1) % 3][i & 1],
);
/** Class of each row: exactly the groups. */
export const CLASSES = Array.from({ length: COUNT }, (_, i) => "abc"[i % 3]);

/** A folder for the files of a test. */
export interface Folder {
  readonly path: string;
  /** Path of a file in it. */
  at(name: string): string;
  /** Writes a file and gives its path back. */
  write(name: string, content: Uint8Array | string): Promise<string>;
  remove(): Promise<void>;
}

/** Makes a folder with `rows.npy`, `rows.csv` (with the classes), `rows.parquet` (other rows). */
export async function makeFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), "asterism-cli-"));
  const at = (name: string) => join(path, name);
  const write = async (name: string, content: Uint8Array | string) => {
    await writeFile(at(name), content);
    return at(name);
  };
  await write("rows.npy", encodeNpy(ROWS, [COUNT, 2]));
  await write("rows.csv", csvOf(ROWS));
  await writeTable(at("rows.parquet"), { rows: COUNT });
  return { path, at, write, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Rows of two numbers with their classes as text. */
export function csvOf(values: ArrayLike<number | string>): string {
  const lines = CLASSES.map((name, i) => `${values[2 * i]},${values[2 * i + 1]},${name}`);
  return `x,y,kind\n${lines.join("\n")}\n`;
}
