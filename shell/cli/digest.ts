/** Whether two files hold the same numbers, whatever they are called. */

import { createHash } from "node:crypto";
import type { Matrix } from "../data/index.ts";

/** SHA-256 of a matrix: its shape and its numbers as they were read, in hexadecimal digits. */
export function digestOf({ n, width, data }: Pick<Matrix, "n" | "width" | "data">): string {
  const hash = createHash("sha256").update(`${n} x ${width}\n`);
  return hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)).digest("hex");
}
