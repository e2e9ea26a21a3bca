/** Images from a Parquet file onto a device. */

import { readFile, writeFile } from "node:fs/promises";
import { loadDataset } from "../../shell/data/index.ts";
import { openWasm } from "../../shell/device/wasm.ts";
import { upload } from "../../shell/methods/rows.ts";
import { type Measurement, median, spread, time } from "./measure.ts";

const PIXELS = 784;

/** Megabytes of this process by Linux's account. */
async function resident(field: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await readFile("/proc/self/status", "utf8");
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024 / 1e6;
}

/**
 * Milliseconds until the 60,000 training images of MNIST are read, decoded and on the device, and
 * how many times the bytes of their pixels the process grows by in the first reading.
 */
export async function images(runs: number): Promise<Measurement[]> {
  // Makes the file, which does not count.
  await loadDataset("mnist", { split: "train", limit: 10 });
  const device = await openWasm({ workers: 2 });
  await writeFile("/proc/self/clear_refs", "5");
  const before = await resident("VmRSS");
  const ms: number[] = [];
  let rows = 0, timesPixels = 0;
  for (let run = 0; run < runs; run++) {
    ms.push(
      await time(async () => {
        const { data, n } = await loadDataset("mnist", { split: "train" });
        rows = n;
        if (run === 0) timesPixels = (await resident("VmHWM") - before) / (data.length / 1e6);
        const uploaded = upload(device, data, PIXELS);
        await device.sync();
        uploaded.free();
      }),
    );
  }
  await device.close();
  const name = `${rows} PNG rows, on the device`;
  return [{ name, ms: median(ms), spread: spread(ms), "memory / pixels": timesPixels, runs }];
}
