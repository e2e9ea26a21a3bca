/** A model that was trained and saved in Deno says the same in every runtime and on every device. */

import { suite } from "uvu";
import { decodeModel } from "../../shell/data/model_file.ts";
import { loadModel } from "../../shell/methods/methods.ts";
import type { SavedModel } from "../../shell/methods/model.ts";
import golden from "../golden/model.json" with { type: "json" };
import { devices, release, retain } from "../devices.ts";
import { near } from "../harness.ts";
import { bars, onRows, sameBits, WIDTH } from "./bars.ts";

const file = Uint8Array.from(atob(golden.file), (letter) => letter.charCodeAt(0));
const pixels = bars(240).pixels.subarray(0, golden.labels.length * WIDTH);

const test = suite("runtimes");
retain();

for (const one of devices()) {
  test(`${one.name}: labels and codes of a model from Deno`, async () => {
    const device = await one.open();
    await onRows(device, pixels, async (rows) => {
      const model = loadModel(device, decodeModel(file, "model.json") as SavedModel);
      const { labels } = await model.predict(rows);
      sameBits(labels, Uint32Array.from(golden.labels), "labels");
      near(
        await model.codes(rows),
        Float32Array.from(golden.codes),
        { abs: 1e-4, rel: 1e-4 },
        "codes",
      );
      model.free();
    });
  });
}

test.after(release);
test.run();
