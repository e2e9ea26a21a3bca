/**
 * How many times the bytes of its pixels a process grows by that reads 60,000 PNG rows: those of the
 * bundled file or, with the address of a Hub and a folder for its cache, `ylecun/mnist`.
 */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { loadDataset } from "../../shell/data/index.ts";

/** Megabytes of this process by Linux's account. */
async function resident(field: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await readFile("/proc/self/status", "utf8");
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024 / 1e6;
}

const [endpoint, folder] = process.argv.slice(2);
/** @param cache its name: what is read from one before comes from the network again */
const read = (cache: string, limit?: number) =>
  endpoint
    ? loadDataset("ylecun/mnist", { split: "train", limit, endpoint, cache: join(folder, cache) })
    : loadDataset("mnist", { split: "train", limit });

// Code that has run once is there.
await read("first", 10);
await writeFile("/proc/self/clear_refs", "5");
const before = await resident("VmRSS");
const { data } = await read("second");
console.log((await resident("VmHWM") - before) / (data.length / 1e6));
