/** What the client needs of its runtime: the only file here that knows which one it is. */

import { DiskStore } from "./disk_store.ts";
import { MemoryStore, type Store, WebStore } from "./store.ts";

const scope = globalThis as unknown as {
  process?: { versions?: { node?: string }; env?: Record<string, string | undefined> };
  caches?: CacheStorage;
};

/** Deno says so, too. */
const hasDisk = scope.process?.versions?.node !== undefined;

/** Whether `fetch` shows where a redirect leads: in pages it does not. */
export const seesRedirects = hasDisk;

/** A variable of the environment; pages have none, and an empty one counts as none. */
export function variable(name: string): string | undefined {
  return scope.process?.env?.[name]?.trim() || undefined;
}

/** A module of the runtime, out of sight of bundlers. */
// deno-lint-ignore no-explicit-any
const builtin = (name: string): Promise<any> => import(/* @vite-ignore */ name);

/**
 * Where fetched files are kept: below a folder in Deno and Node, in the Cache API of a page (which
 * insecure pages lack), else in memory.
 *
 * @param cache the folder, or `false` for memory
 */
export async function openStore(cache: string | false): Promise<Store> {
  if (cache === false) return new MemoryStore();
  if (!hasDisk) return scope.caches ? new WebStore() : new MemoryStore();
  const names = ["node:fs/promises", "node:path", "node:crypto"];
  const [fs, path, crypto] = await Promise.all(names.map(builtin));
  return new DiskStore({ fs, path, crypto }, path.join(cache, "hub"));
}
