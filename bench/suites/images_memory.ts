/** How many times the bytes of its pixels a process grows by that reads 60,000 PNG rows. */

import { readFile, writeFile } from "node:fs/promises";
import { loadDataset } from "../../shell/data/index.ts";

/** Megabytes of this process by Linux's account. */
async function resident(field: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await readFile("/proc/self/status", "utf8");
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024 / 1e6;
}

// Code that has run once is there.
await loadDataset("mnist", { split: "train", limit: 10 });
await writeFile("/proc/self/clear_refs", "5");
const before = await resident("VmRSS");
const { data } = await loadDataset("mnist", { split: "train" });
console.log((await resident("VmHWM") - before) / (data.length / 1e6));
