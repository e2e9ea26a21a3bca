/** Images from a Parquet file onto a device. */

import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";
import { loadDataset } from "../../shell/data/index.ts";
import { openWasm } from "../../shell/device/wasm.ts";
import { upload } from "../../shell/methods/rows.ts";
import { type Measurement, median, spread, time } from "./measure.ts";

const PIXELS = 784;

/** In a process of its own: what else a process has done changes what V8 leaves uncollected. */
async function memory(): Promise<number> {
  const program = new URL("images_memory.ts", import.meta.url).pathname;
  // As `deno task train` starts it.
  const args = ["run", "-A", "--v8-flags=--max-semi-space-size=4", program];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return Number(stdout);
}

/**
 * Milliseconds until the 60,000 training images of MNIST are read, decoded and on the device, and
 * how many times the bytes of their pixels a process grows by that reads them (median of 3).
 */
export async function images(runs: number): Promise<Measurement[]> {
  // Makes the file, which does not count.
  await loadDataset("mnist", { split: "train", limit: 10 });
  const device = await openWasm({ workers: 2 });
  const timesPixels = median([await memory(), await memory(), await memory()]);
  const ms: number[] = [];
  let rows = 0;
  for (let run = 0; run < runs; run++) {
    ms.push(
      await time(async () => {
        const { data, n } = await loadDataset("mnist", { split: "train" });
        rows = n;
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
