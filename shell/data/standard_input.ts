/** Rows that another program writes to this one. */

import process from "node:process";
import { Cancelled, DataError } from "../errors.ts";
import type { Source } from "./dataset.ts";
import { joined, memoryBuffer } from "./bytes.ts";

/** What messages and runs call it. */
const NAME = "standard input";

/**
 * Reads standard input to its end.
 *
 * @throws {DataError} if it is a terminal, or nothing comes
 * @throws {Cancelled} if the signal is set
 */
export async function openStandardInput(signal?: AbortSignal): Promise<Source> {
  const { stdin } = process;
  if (stdin.isTTY) {
    throw new DataError(`nothing is piped into ${NAME}: write PROGRAM | asterism ... --data -`);
  }
  const parts: Uint8Array[] = [];
  const read = async () => {
    for await (const part of stdin) parts.push(part);
  };
  try {
    await unlessStopped(read(), signal);
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    throw new DataError(`${NAME} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  const bytes = joined(parts, parts.reduce((sum, { length }) => sum + length, 0));
  if (!bytes.length) throw new DataError(`${NAME} is empty: pipe a table into it`);
  const open = () => Promise.resolve(memoryBuffer(bytes));
  return { name: NAME, files: [{ name: NAME, split: "train", open }] };
}

/** Waits, but not for a program that writes no more once the signal is set. */
async function unlessStopped(work: Promise<void>, signal?: AbortSignal): Promise<void> {
  // Node 20 has no Promise.withResolvers.
  let reject!: (error: Error) => void;
  const stopped = new Promise<never>((_, refuse) => reject = refuse);
  const stop = () => {
    process.stdin.destroy();
    reject(new Cancelled(`reading ${NAME} was stopped`));
  };
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop);
  work.catch(() => {});
  try {
    await Promise.race([work, stopped]);
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}
