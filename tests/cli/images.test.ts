/** Images on the command line: folders, sizes, bad files. */

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { suite } from "uvu";
import * as assert from "uvu/assert";

import { decodeModel } from "../../shell/data/index.ts";
import { encodeGrayPng } from "../../shell/data/png.ts";
import { deflate } from "../../shell/data/zlib.ts";
import { randoms } from "../harness.ts";
import golden from "../data/images/golden.json" with { type: "json" };
import { memoryBuffer } from "../data/fixtures.ts";
import { asterism, refuses, writeTable } from "./asterism.ts";

const test = suite("images");

let folder = "";
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "asterism-cli-"));
});
test.after(() => rm(folder, { recursive: true, force: true }));

const SMALL = ["--hidden", "16", "--embedding", "3", "--epochs", "20", "--batch", "16"]
  .concat("--device", "wasm");
const photo = new Uint8Array(
  Uint8Array.from(atob(golden.jpeg.halved.file), (c) => c.charCodeAt(0)),
);

/** Images of 6 x 6 pixels, with a bright half that tells their class. */
async function writePhotos(name: string): Promise<string> {
  const dir = join(folder, name);
  const noise = randoms(80 * 36, 3, 0, 40);
  for (let i = 0; i < 80; i++) {
    const pixels = Uint8Array.from(
      { length: 36 },
      (_, at) => (i % 2 ? at < 18 : at >= 18) ? 200 + noise[i * 36 + at] : noise[i * 36 + at],
    );
    const path = join(dir, i < 60 ? "train" : "test", i % 2 ? "day" : "night");
    await mkdir(path, { recursive: true });
    await writeFile(join(path, `${i}.png`), encodeGrayPng(pixels, 6, 6, deflate));
  }
  return dir;
}

test("a folder of photographs: classes, splits, what was skipped and why", async () => {
  const data = await writePhotos("photos");
  await writeFile(join(data, "train", "notes.txt"), "x");
  await writeFile(join(data, "train", "day", "bad.jpg"), "bad");
  await writeFile(join(data, "train", "day", "large.jpg"), photo);
  const args = ["train", "--data", data, "--out", join(folder, "runs"), "--name", "photos"]
    .concat(SMALL, "--image-size", "4x5", "--colour", "gray", "--skip-bad-rows");
  const { code, out, err } = await asterism(args);
  assert.is(code, 0, err);
  assert.match(out + err, /81 rows of 4 x 5 x 1/);
  assert.match(out + err, /skipped: 1 \(no .png or .jpg file\): .*notes.txt/);
  assert.match(out + err, /skipped: 1 \(it is no PNG and no JPEG\): .*bad.jpg/);
  assert.match(out + err, /classes: folder, 2 of them/);
  const run = JSON.parse(await readFile(join(folder, "runs", "photos", "run.json"), "utf8"));
  assert.equal(run.data.splits.map(({ end }: { end: number }) => end), [61, 81]);
  assert.is(run.data.notes.length, 2);
  assert.ok(run.metrics.accuracy > 0.9, `${run.metrics.accuracy}`);
  const bytes = await readFile(join(folder, "runs", "photos", "model.safetensors"));
  const preprocessing = decodeModel(bytes).preprocessing as Record<string, unknown>;
  assert.equal(preprocessing.shape, [4, 5, 1]);
  assert.equal([preprocessing.fit, preprocessing.colour], ["resize", "gray"]);

  const model = ["predict", "--model", join(folder, "runs", "photos"), "--device", "wasm"]
    .concat("--output", join(folder, "predicted"));
  const found = await asterism([...model, "--input", join(data, "test")]);
  assert.is(found.code, 0, found.err);
  assert.match(found.out + found.err, /20 rows/);
  const name = ({ name }: Record<string, unknown>) => name;
  const read = async (...path: string[]) => {
    const bytes = new Uint8Array(await readFile(join(folder, ...path, "assignments.parquet")));
    return (await parquetReadObjects({ file: memoryBuffer(bytes) })).map(name);
  };
  const trained = await read("runs", "photos");
  assert.ok(trained.includes(join("train", "day", "large.jpg")), `${trained}`);
  assert.equal(
    (await read("predicted")).map((one) => join("test", `${one}`)),
    trained.filter((one) => `${one}`.startsWith("test")),
  );
});

test("what cannot be is said in one sentence", async () => {
  const data = await writePhotos("mixed");
  const train = (...more: string[]) => ["train", "--data", data, "--quiet", ...SMALL, ...more];
  await refuses("size", 2, /--image-size must be N or HxW, .*got "0"/, train("--image-size", "0"));
  await refuses("fit alone", 2, /--fit says .*add --image-size/, train("--fit", "crop"));
  await refuses("device", 2, /--features-device is of the model of --features/, [
    ...train("--features-device", "cpu"),
  ]);
  await refuses("label", 1, /leave --label out/, train("--label", "x"));
  await refuses("no peer", 1, /--features some\/model needs the package .*npm install/, [
    ...train("--features", "some/model"),
  ]);
  await writeFile(join(data, "train", "day", "0.jpg"), photo);
  await refuses(
    "sizes",
    1,
    /that of .*0.jpg is 27 x 35 x 3: .*with --image-size, and to .* --colour/,
    train(),
  );
  await writeFile(join(data, "train", "day", "0.jpg"), "bad");
  await refuses("bad", 1, /0.jpg: the image does not decode .*--skip-bad-rows$/m, train());
  const table = await writeTable(join(folder, "table.parquet"));
  await refuses("a table", 2, /--colour is for images, and .*table.parquet has none/, [
    ...["train", "--data", table, "--quiet", "--colour", "gray"],
  ]);
});

test.run();
