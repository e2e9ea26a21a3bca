/** Files of arrays: NumPy's .npy and .npz, and IDX. */

import { unzipSync } from "fflate";
import type { AsyncBuffer } from "hyparquet";
import { DataError } from "../errors.ts";
import { areImages, type ArrayLabels, type ArrayPart, checkArrays } from "./array_part.ts";
import { type ArrayChoice, chooseArrays } from "./array_choice.ts";
import type { StripOptions } from "./npy_matrix.ts";
import type { Format } from "./formats.ts";
import { memoryBuffer } from "./bytes.ts";
import { readIdx } from "./idx.ts";
import { readNpyHeader } from "./npy.ts";
import { readNpyLabels, readNpyMatrix } from "./npy_matrix.ts";

/** Whether a format has arrays. */
export const hasArrays = (format: Format) => ["npy", "npz", "idx"].includes(format);

/** How arrays are read. */
export interface ArrayOptions extends Omit<StripOptions, "onBadRow">, ArrayChoice {
  /** Whether rows with numbers that are not finite are no error, but told: {@link ArrayPart.bad}. */
  readonly skipBadRows?: boolean;
}

/** Bytes that the arrays of an archive may have. */
const LARGEST = 2 ** 31;

/**
 * Reads the arrays of a file.
 *
 * @param labels the file with the classes of an IDX file, if there is one
 * @throws {DataError} if it is damaged, of another type, or a number is not finite
 * @throws {Cancelled} if the signal is set
 */
export async function readArrays(
  format: Format,
  buffer: AsyncBuffer,
  file: string,
  options: ArrayOptions = {},
  labels?: { readonly name: string; readonly buffer: AsyncBuffer },
): Promise<ArrayPart[]> {
  const parts = format === "npy"
    ? [await readNpyRows(buffer, file, options)]
    : format === "npz"
    ? await readNpz(buffer, file, options)
    : [await readIdxRows(buffer, file, labels)];
  parts.forEach((part) => checkArrays(part, file));
  return parts;
}

async function readNpyRows(
  buffer: AsyncBuffer,
  file: string,
  options: ArrayOptions,
): Promise<Pick<ArrayPart, "x" | "bad">> {
  const head = new Uint8Array(await buffer.slice(0, Math.min(1 << 16, buffer.byteLength)));
  const { shape, type, fortran, begin } = readNpyHeader(head, file);
  if (type === "|u1" && !fortran && areImages({ shape, data: head })) {
    const [n, ...rest] = shape;
    const length = rest.reduce((a, b) => a * b, 1);
    const rows = Math.min(n, options.limit ?? n);
    if (buffer.byteLength !== begin + n * length) {
      throw new DataError(
        `${file} has ${buffer.byteLength - begin} bytes of elements where shape ` +
          `(${shape.join(", ")}) needs ${n * length}: it is damaged or cut short, save it again`,
      );
    }
    const data = new Uint8Array(await buffer.slice(begin, begin + rows * length));
    return { x: { shape: [rows, ...rest], data } };
  }
  const bad = new Map<number, string>();
  const onBadRow = (row: number, problem: string) => void (bad.has(row) || bad.set(row, problem));
  const { n, width, data } = await readNpyMatrix(buffer, file, {
    ...options,
    ...{ vector: true, flatten: true },
    ...options.skipBadRows && { onBadRow },
  });
  if (bad.size === n) {
    throw new DataError(`${file} has no row that can be used: ${[...bad.values()][0]}`);
  }
  return { x: { shape: shape.length === 1 ? [n] : [n, width], data }, bad };
}

/** Reads an archive: `x` and `y`, or the same of several splits, such as `x_train`. */
async function readNpz(
  buffer: AsyncBuffer,
  file: string,
  options: ArrayOptions,
): Promise<ArrayPart[]> {
  const arrays = await unzip(buffer, file);
  if (arrays.size === 0) {
    throw new DataError(
      `${file} has no arrays: save some with numpy.savez; export an Excel file as CSV`,
    );
  }
  const shapes = new Map(
    [...arrays].map((
      [name, bytes],
    ) => [name, readNpyHeader(bytes, `${file}, array ${name}`).shape]),
  );
  const chosen = chooseArrays(shapes, file, options);
  const open = (name: string) => memoryBuffer(arrays.get(name)!);
  const parts: ArrayPart[] = [];
  for (const { rows, label, split, name, others } of chosen) {
    parts.push({
      ...await readNpyRows(open(rows), `${file}, array ${rows}`, options),
      ...label !== undefined && {
        labels: await labelsOf(open(label), `${file}, array ${label}`, options.limit),
      },
      ...split !== undefined && { split },
      ...{ name, others },
    });
  }
  return parts;
}

async function labelsOf(buffer: AsyncBuffer, file: string, limit?: number): Promise<ArrayLabels> {
  return (await readNpyLabels(buffer, file)).slice(0, limit);
}

async function unzip(buffer: AsyncBuffer, file: string): Promise<Map<string, Uint8Array>> {
  const bytes = new Uint8Array(await buffer.slice(0, buffer.byteLength));
  let size = 0;
  try {
    const found = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (!name.endsWith(".npy")) return false;
        size += originalSize;
        return size <= LARGEST;
      },
    });
    if (size <= LARGEST) {
      return new Map(Object.entries(found).map(([name, data]) => [name.slice(0, -4), data]));
    }
  } catch {
    throw new DataError(`${file} is damaged or no .npz archive: save it again with numpy.savez`);
  }
  throw new DataError(`${file} has more than ${LARGEST} bytes of arrays: save them one by one`);
}

async function readIdxRows(
  buffer: AsyncBuffer,
  file: string,
  labels?: { readonly name: string; readonly buffer: AsyncBuffer },
): Promise<ArrayPart> {
  const x = readIdx(new Uint8Array(await buffer.slice(0, buffer.byteLength)), file);
  return labels ? { x, labels: await readIdxLabels(labels.buffer, labels.name) } : { x };
}

/** Reads the classes of an IDX file. @throws {DataError} if it is damaged, or has several axes */
export async function readIdxLabels(buffer: AsyncBuffer, file: string): Promise<number[]> {
  const bytes = new Uint8Array(await buffer.slice(0, buffer.byteLength));
  const { shape, data } = readIdx(bytes, file);
  if (shape.length === 1) return Array.from(data);
  throw new DataError(`${file} has ${shape.length} axes: labels have one`);
}
