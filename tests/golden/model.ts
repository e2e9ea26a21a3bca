/**
 * Writes tests/golden/model.json: a model trained and saved in Deno, and what it says there of some
 * rows. Every other runtime must say the same: `deno run -A tests/golden/model.ts`.
 */

import { encodeModel } from "../../shell/data/model_file.ts";
import { openWasm } from "../../shell/device/wasm.ts";
import { Dec } from "../../shell/methods/dec.ts";
import { conv, mlp } from "../../shell/nn/layers.ts";
import { bars, CLASSES, onRows } from "../methods/bars.ts";

const device = await openWasm({ workers: 1 });
const options = { input: [8, 8, 1], clusters: CLASSES, batch: 32, epochs: 6, rate: 3e-3, seed: 4 };
const encoder = [...conv([{ channels: 4, kernel: 3, stride: 2, padding: 1 }]), ...mlp([3])];
const saved = await onRows(device, bars(240).pixels, async (rows) => {
  const model = new Dec(device, { ...options, encoder, augment: { angle: 2 }, refineEpochs: 2 });
  await model.fit(rows);
  const file = encodeModel(await model.save(), { runtime: "Deno" });
  const few = rows.n / 4;
  const ids = Uint32Array.from({ length: few }, (_, i) => i);
  const { labels } = await model.predict(rows, ids);
  return { file, labels: [...labels], codes: [...await model.codes(rows, ids)] };
});
await device.close();
const base64 = btoa(String.fromCharCode(...saved.file));
const json = { ...saved, codes: saved.codes.map((x) => Math.fround(x)), file: base64 };
await Deno.writeTextFile(
  new URL("model.json", import.meta.url),
  `${JSON.stringify(json)}\n`,
);
