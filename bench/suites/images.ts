/** Images from a Parquet file onto a device. */

import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { loadDataset } from "../../shell/data/index.ts";
import { openWasm } from "../../shell/device/wasm.ts";
import { upload } from "../../shell/methods/rows.ts";
import { TestHub } from "../../tests/hub/server.ts";
import { mnist } from "../../tests/hub/sets.ts";
import { type Measurement, median, spread, time } from "./measure.ts";

const PIXELS = 784;

/**
 * In a process of its own: what else a process has done changes what V8 leaves uncollected.
 *
 * @param from address of a Hub and folder of its cache; by default the bundled file is read
 */
async function memory(...from: string[]): Promise<number> {
  const program = new URL("images_memory.ts", import.meta.url).pathname;
  // As `deno task train` starts it.
  const args = ["run", "-A", "--v8-flags=--max-semi-space-size=4", program, ...from];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return Number(stdout);
}

/** The same from a Hub on this machine: while it is downloaded, and from the cache. */
async function memoryFromHub(): Promise<{ cold: number; warm: number }> {
  const hub = await TestHub.start([mnist(60_000, 100)]);
  const folder = await mkdtemp(join(tmpdir(), "asterism-"));
  try {
    const cold: number[] = [], warm: number[] = [];
    for (let run = 0; run < 3; run++) {
      const cache = join(folder, `${run}`);
      cold.push(await memory(hub.endpoint, cache));
      warm.push(await memory(hub.endpoint, cache));
    }
    return { cold: median(cold), warm: median(warm) };
  } finally {
    await hub.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Milliseconds until the 60,000 training images of MNIST are read, decoded and on the device, and
 * how many times the bytes of their pixels a process grows by that reads them (medians of 3): from
 * the bundled file, from the Hub, from the Hub's cache.
 */
export async function images(runs: number): Promise<Measurement[]> {
  // Makes the file, which does not count.
  await loadDataset("mnist", { split: "train", limit: 10 });
  const device = await openWasm({ workers: 2 });
  const timesPixels = median([await memory(), await memory(), await memory()]);
  const { cold, warm } = await memoryFromHub();
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
  return [{
    ...{ name, ms: median(ms), spread: spread(ms), runs },
    ...{ "memory / pixels": timesPixels, "from the Hub": cold, "from its cache": warm },
  }];
}
