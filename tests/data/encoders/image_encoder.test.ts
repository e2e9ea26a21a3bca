import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openImageEncoder } from "../../../shell/data/encoders/image_encoder.ts";
import { findPeer, type Peer } from "../../../shell/data/encoders/peer.ts";
import { decodeImage } from "../../../shell/data/images/decode.ts";
import type { ImageEncoder } from "../../../shell/data/images/features.ts";
import { loadLike } from "../../../shell/data/prepare_like.ts";
import { readDataset } from "../../../shell/data/parquet.ts";
import { readSource } from "../../../shell/data/read_source.ts";
import { loadDataset } from "../../../shell/data/source.ts";
import type { TablePreprocessing } from "../../../shell/data/table/preprocessing.ts";
import { Cancelled } from "../../../shell/errors.ts";
import { near } from "../../harness.ts";
import { testPeer } from "../../peer.ts";
import { fromBase64, imageFile, memorySource, rejects, withFolder } from "../fixtures.ts";
import golden from "../images/golden.json" with { type: "json" };
import { SIDE, tinyResnet, WIDTH, writeTinyResnet } from "./tiny_resnet.ts";

const test = suite("features of images");

const photos = Object.values(golden.jpeg).map(({ file }) => fromBase64(file));
const size = [SIDE, SIDE] as const;
const AS_SEEN = { size, fit: "crop", colour: "rgb", background: "white" } as const;
const expected = photos.map((file) => tinyResnet(decodeImage(file, AS_SEEN).data));

/** A peer whose model answers what it is told to; only what stands before and after it is real. */
function answering(
  answer: (pixels: Float32Array, dims: number[]) => Record<string, unknown>,
  pixels: object = { size: SIDE, do_normalize: false },
): Peer {
  class Tensor {
    constructor(readonly type: string, readonly data: Float32Array, readonly dims: number[]) {}
  }
  const model = ({ pixel_values: { data, dims } }: { pixel_values: Tensor }) =>
    Promise.resolve(answer(data, dims));
  const pipeline = () => Promise.resolve({ processor: { image_processor: pixels }, model });
  return { env: {}, pipeline, Tensor } as unknown as Peer;
}

/** The mean of each channel of each image. */
const means = (pixels: Float32Array, [n, channels]: number[]) => {
  const area = pixels.length / n / channels;
  const data = Float32Array.from(
    { length: n * channels },
    (_, i) => pixels.slice(i * area, (i + 1) * area).reduce((a, b) => a + b, 0) / area,
  );
  return { pooler_output: { data, dims: [n, channels, 1, 1] } };
};

test("a tiny ResNet gives the numbers of its formula, offline, whatever the batch", async () => {
  const peer = await testPeer();
  if (typeof peer === "string") return console.error(`note: a test did not run: ${peer}`);
  await withFolder(async (dir) => {
    const model = join(dir, "tiny-resnet");
    await writeTinyResnet(model);
    const source = memorySource(imageFile(photos, photos.map((_, i) => i % 3)));
    for (const batch of [1, 16]) {
      const features = await openImageEncoder({ model, cache: join(dir, `${batch}`), peer, batch });
      const found = await readDataset(source, { features });
      assert.equal(found.shape, [WIDTH]);
      photos.forEach((_, i) => {
        near(found.data.subarray(i * WIDTH, (i + 1) * WIDTH), expected[i], { abs: 1e-5 }, `${i}`);
      });
    }
    writeFileSync(join(model, "onnx", "model.onnx"), "not a model");
    await rejects(
      () => openImageEncoder({ model, cache: dir, peer }),
      /^cannot load the model .*tiny-resnet/,
    );
  });
});

test("without the peer, the command that installs it", async () => {
  if (await findPeer()) return console.error("note: a test did not run: the peer is installed");
  await rejects(
    () => openImageEncoder({ model: "Xenova/vit" }),
    /^--features Xenova\/vit needs the package @huggingface\/transformers: install it by .*npm install @huggingface\/transformers$/,
  );
});

test("a folder that is no model for images says what it must hold", () =>
  withFolder(async (dir) => {
    writeFileSync(join(dir, "config.json"), "{}");
    await rejects(
      () => openImageEncoder({ model: dir, cache: dir, peer: answering(means) }),
      /must hold config.json, preprocessor_config.json and onnx\/model.onnx/,
    );
  }));

test("features are a table on one scale each, with the classes and the splits of the images", () =>
  withFolder(async (dir) => {
    const photosDir = join(dir, "photos");
    photos.forEach((file, i) => {
      mkdirSync(join(photosDir, i % 2 ? "odd" : "even"), { recursive: true });
      writeFileSync(join(photosDir, i % 2 ? "odd" : "even", `${i}.jpg`), file);
    });
    writeFileSync(join(photosDir, "odd", "bad.jpg"), "bad");
    const features = await openImageEncoder({ model: "m", cache: dir, peer: answering(means) });
    const found = await loadDataset(photosDir, { features, skipBadRows: true });
    assert.equal([found.kind, found.shape, found.n], ["table", [3], photos.length]);
    assert.equal(found.columns, ["image[0]", "image[1]", "image[2]"]);
    assert.equal([...found.labels!].filter(Boolean).length, Math.floor(photos.length / 2));
    const preprocessing = found.preprocessing as TablePreprocessing;
    assert.equal(preprocessing.features, {
      ...{ model: "m", revision: "main", dtype: "fp32" },
      ...{ size, fit: "crop", background: "white" },
    });
    assert.match(found.notes![0], /^features: 3 of each image, by m \(fp32\)$/);
    assert.match(found.notes![1], /^skipped: 1 \(it is no PNG and no JPEG\): .*bad.jpg$/);
    const sum = [...found.data].filter((_, i) => i % 3 === 0).reduce((a, b) => a + b, 0);
    near([sum], [0], { abs: 1e-4 }, "mean 0");
    await rejects(() => loadDataset(photosDir, { features }), /bad.jpg: the image does not decode/);

    const asked: unknown[] = [];
    const openEncoder = (settings: unknown) => (asked.push(settings), Promise.resolve(features));
    const like = { skipBadRows: true, openEncoder };
    const again = await loadLike(photosDir, JSON.parse(JSON.stringify(preprocessing)), like);
    assert.equal(asked, [preprocessing.features]);
    assert.equal(again.data, found.data, "new rows become the same numbers");
    assert.equal([...again.labels!], [...found.labels!]);
    const broken = { ...preprocessing, features: { ...preprocessing.features, size: [0, 8] } };
    await rejects(() => loadLike(photosDir, broken, like), /is damaged/);
  }));

test("what is known is not looked at again, also after a stop", () =>
  withFolder(async (dir) => {
    let seen = 0;
    const controller = new AbortController();
    const peer = answering((pixels, dims) => {
      if ((seen += dims[0]) >= 8) controller.abort();
      return means(pixels, dims);
    });
    const open = (more: object = {}): Promise<ImageEncoder> =>
      openImageEncoder({ model: "m", cache: dir, peer, batch: 2, ...more });
    const source = memorySource(imageFile(photos, photos.map(() => 0)));
    const { signal } = controller;
    const error = await readDataset(source, { features: await open(), signal }).catch((e) => e);
    assert.instance(error, Cancelled);
    assert.is(seen, 8);
    const { data } = await readDataset(source, { features: await open() });
    assert.is(seen, photos.length);
    assert.equal((await readDataset(source, { features: await open() })).data, data);
    assert.is(seen, photos.length);
    await readDataset(source, { features: await open({ background: "black" }) });
    assert.is(seen, 2 * photos.length, "other settings are another key");
    rmSync(join(dir, "features"), { recursive: true });
    assert.equal((await readDataset(source, { features: await open() })).data, data);
    assert.ok(readdirSync(join(dir, "features")).length > 0);
  }));

test("outputs of all kinds become one row for each image", () =>
  withFolder(async (dir) => {
    const source = memorySource(imageFile(photos.slice(0, 2), [0, 1]));
    const rows = async (answer: Record<string, unknown>, pixels?: object) => {
      const peer = answering(() => answer, pixels);
      rmSync(join(dir, "features"), { recursive: true, force: true });
      const features = await openImageEncoder({ model: "m", cache: dir, peer });
      return [...(await readDataset(source, { features })).data];
    };
    const tensor = (dims: number[]) => ({
      data: Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => i),
      dims,
    });
    assert.equal(await rows({ logits: tensor([2, 3]) }), [0, 1, 2, 3, 4, 5]);
    assert.equal(await rows({ last_hidden_state: tensor([2, 2, 3]) }), [0, 1, 2, 6, 7, 8]);
    const both = { last_hidden_state: tensor([2, 2, 2, 2]), logits: tensor([2, 1]) };
    assert.equal(await rows(both), [1.5, 5.5, 9.5, 13.5]);
    const best = { image_embeds: tensor([2, 1]), ...both };
    assert.equal(await rows(best), [0, 1]);
    await rejects(() => rows({ boxes: tensor([2, 4]) }), /gives no features of images \(boxes of/);
    await rejects(() => rows({ logits: tensor([3, 1]) }), /gives no features of images/);
    const nothing = { data: Float32Array.of(1, NaN), dims: [2, 1] };
    await rejects(() => rows({ logits: nothing }), /numbers that are not finite/);
    await rejects(() => rows(both, {}), /does not say the size of its images: add --image-size/);
  }));

test("the sizes that models state are understood", () =>
  withFolder(async (dir) => {
    const forms: [object, number[]][] = [
      [{ size: 9 }, [9, 9]],
      [{ size: { height: 6, width: 7 } }, [6, 7]],
      [{ size: { shortest_edge: 10 } }, [10, 10]],
      [{ size: 10, crop_size: { height: 8, width: 8 }, do_center_crop: true }, [8, 8]],
      [{ size: 10, crop_size: 8, do_center_crop: false }, [10, 10]],
    ];
    for (const [pixels, wanted] of forms) {
      const peer = answering(means, pixels);
      const { settings } = await openImageEncoder({ model: "m", cache: dir, peer });
      assert.equal(settings.size, wanted);
    }
  }));

test("tables beside images are not for such a model", () =>
  withFolder(async (dir) => {
    const features = await openImageEncoder({ model: "m", cache: dir, peer: answering(means) });
    const source = memorySource(imageFile(photos, photos.map((_, i) => i % 3)));
    const table = await readSource(source, { features });
    assert.equal([table.kind, table.n, table.shape], ["table", photos.length, [3]]);
    assert.is(table.labelNames!.length, 3);
  }));

test.run();
