import { zipSync } from "fflate";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { encodeNpy } from "../../shell/data/npy.ts";
import { loadLike } from "../../shell/data/prepare_like.ts";
import { readSource } from "../../shell/data/read_source.ts";
import { loadDataset } from "../../shell/data/source.ts";
import { fromBase64, memoryFile, rejects, withFolder } from "./fixtures.ts";

const test = suite("arrays");

const read = (bytes: Uint8Array, name: string, options = {}) =>
  readSource({ name, files: [memoryFile(bytes, name)] }, options);

/** An IDX file. */
function idx(type: number, shape: number[], elements: number[]): Uint8Array {
  const sizes = shape.flatMap((n) => [n >> 24, n >> 16 & 255, n >> 8 & 255, n & 255]);
  return Uint8Array.from([0, 0, type, shape.length, ...sizes, ...elements]);
}

/**
 * NumPy 1.24: `savez_compressed` of x_train (>f8, [[0, 1], [2, 3], [4, 5.5]]), y_train (b, a, b),
 * x_test (<f4, [[7, 8]]) and y_test (a); `savez` of images (bytes 0 to 11, 3 x 2 x 2), labels 1, 0, 1.
 */
const SPLITS = fromBase64(
  "UEsDBBQAAAAIAAAAIQCApOa3WAAAALAAAAALABQAeF90cmFpbi5ucHkBABAAsAAAAAAAAABYAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6XZqGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsY6CkaaOgq1CmQDLgYosP8AoR2gfAcOKC0ApcUgNABQSwMEFAAAAAgAAAAhAAg/7BZMAAAAjAAAAAsAFAB5X3RyYWluLm5weQEAEACMAAAAAAAAAEwAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbhNqqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaxjqaOgq1ChQAriQGBoZEIAbRAFBLAwQUAAAACAAAACEAYw407k4AAACIAAAACgAUAHhfdGVzdC5ucHkBABAAiAAAAAAAAABOAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GoY6CkaaOgq1CmQDLgaGBw4MDAyOAFBLAwQUAAAACAAAACEAKqQoNkgAAACEAAAACgAUAHlfdGVzdC5ucHkBABAAhAAAAAAAAABIAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG4Taqiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GoY6mjoKtQoUAK5EBgYGAFBLAQIUAxQAAAAIAAAAIQCApOa3WAAAALAAAAALAAAAAAAAAAAAAACAAQAAAAB4X3RyYWluLm5weVBLAQIUAxQAAAAIAAAAIQAIP+wWTAAAAIwAAAALAAAAAAAAAAAAAACAAZUAAAB5X3RyYWluLm5weVBLAQIUAxQAAAAIAAAAIQBjDjTuTgAAAIgAAAAKAAAAAAAAAAAAAACAAR4BAAB4X3Rlc3QubnB5UEsBAhQDFAAAAAgAAAAhACqkKDZIAAAAhAAAAAoAAAAAAAAAAAAAAIABqAEAAHlfdGVzdC5ucHlQSwUGAAAAAAQABADiAAAALAIAAAAA",
);
const IMAGES = fromBase64(
  "UEsDBBQAAAAAAAAAIQCaCbEcjAAAAIwAAAAKABQAaW1hZ2VzLm5weQEAEACMAAAAAAAAAIwAAAAAAAAAk05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsIDIsIDIpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAQIDBAUGBwgJCgtQSwMEFAAAAAAAAAAhAKKz0EuYAAAAmAAAAAoAFABsYWJlbHMubnB5AQAQAJgAAAAAAAAAmAAAAAAAAACTTlVNUFkBAHYAeydkZXNjcic6ICc8aTgnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMywpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgCgEAAAAAAAAAAAAAAAAAAAABAAAAAAAAAFBLAQIUAxQAAAAAAAAAIQCaCbEcjAAAAIwAAAAKAAAAAAAAAAAAAACAAQAAAABpbWFnZXMubnB5UEsBAhQDFAAAAAAAAAAhAKKz0EuYAAAAmAAAAAoAAAAAAAAAAAAAAIAByAAAAGxhYmVscy5ucHlQSwUGAAAAAAIAAgBwAAAAnAEAAAAA",
);

test("npz of NumPy: arrays of two splits, with classes of words", async () => {
  const dataset = await read(SPLITS, "a.npz", { scale: "none" });
  assert.equal([dataset.kind, dataset.columns, [...dataset.data]], [
    "table",
    ["x[0]", "x[1]"],
    [0, 1, 2, 3, 4, 5.5, 7, 8],
  ]);
  assert.equal(dataset.splits, [
    { name: "train", begin: 0, end: 3 },
    { name: "test", begin: 3, end: 4 },
  ]);
  assert.equal([[...dataset.labels!], dataset.labelNames], [[1, 0, 1, 0], ["a", "b"]]);
  const few = await read(SPLITS, "a.npz", { limit: 2 });
  assert.equal([few.n, [...few.ids]], [2, [0, 1]]);
});

test("npz of NumPy: bytes of that shape are images", async () => {
  const dataset = await read(IMAGES, "a.npz");
  assert.equal([dataset.kind, dataset.n, dataset.shape], ["images", 3, [2, 2, 1]]);
  assert.equal(dataset.data, Uint8Array.from({ length: 12 }, (_, i) => i));
  assert.equal([[...dataset.labels!], dataset.labelNames], [[1, 0, 1], ["0", "1"]]);
  const few = await read(IMAGES, "a.npz", { limit: 2, label: false });
  assert.equal([few.n, [...few.data], few.labels], [2, [0, 1, 2, 3, 4, 5, 6, 7], undefined]);
  await rejects(() => read(IMAGES, "a.npz", { images: { size: [4, 4] } }), /taken as they are/);
});

test("npz with several arrays: the usual name, or the one that is named, else the list", async () => {
  const matrix = (first: number) => encodeNpy(Float32Array.of(first, 2, 3, 9), [2, 2]);
  const several: Record<string, Uint8Array> = {
    "left.npy": matrix(1),
    "right.npy": matrix(2),
    "y.npy": matrix(0),
  };
  const refused = /^a.npz has several arrays, left \(2 x 2\), right \(2 x 2\): .*--columns left$/;
  several["y.npy"] = encodeNpy(Float32Array.of(0, 1), [2]);
  await rejects(() => read(zipSync(several), "a.npz"), refused);
  const right = await read(zipSync(several), "a.npz", { columns: ["right"], scale: "none" });
  assert.equal([right.columns, [...right.data]], [["right[0]", "right[1]"], [2, 2, 3, 9]]);
  assert.equal([...right.labels!], [0, 1]);
  assert.ok(right.notes!.includes("dropped: left (another array than right)"));
  const usual = zipSync({ ...several, "X.npy": matrix(5) });
  assert.is((await read(usual, "a.npz", { scale: "none" })).data[0], 5);
  const two = zipSync({ "x.npy": matrix(1), "data.npy": matrix(2) });
  await rejects(() => read(two, "a.npz"), /^a.npz has several arrays, x \(2 x 2\), data/);
});

test("npz for a model: the array that it was trained on, or the only one", () =>
  withFolder(async (dir) => {
    const write = (name: string, arrays: Record<string, Uint8Array>) => {
      writeFileSync(join(dir, name), zipSync(arrays));
      return join(dir, name);
    };
    const matrix = (first: number) => encodeNpy(Float32Array.of(first, 2, 3, 9), [2, 2]);
    const two = write("two.npz", { "left.npy": matrix(1), "right.npy": matrix(2) });
    const one = write("one.npz", { "other.npy": matrix(2) });
    const { data, preprocessing } = await loadDataset(two, { columns: ["right"] });
    assert.equal((await loadLike(two, preprocessing)).data, data);
    assert.equal((await loadLike(one, preprocessing)).data, data);
    const plain = (await loadDataset(one)).preprocessing;
    await rejects(
      () => loadLike(two, plain),
      /several arrays, .*: save the one with the rows alone/,
    );
  }));

test("npy: a matrix, one column, more axes", async () => {
  const matrix = encodeNpy(Float32Array.of(1, 2, 3, 6), [2, 2]);
  assert.equal([...(await read(matrix, "a.npy")).data], [-1, -1, 1, 1]);
  const column = encodeNpy(Float64Array.of(1, 3), [2]);
  assert.equal((await read(column, "a.npy")).columns, ["x"]);
  const deep = encodeNpy(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 9), [2, 2, 2]);
  assert.equal((await read(deep, "a.npy", { scale: "none" })).shape, [4]);
});

test("npy and npz: what is damaged, or has no rows, is named", async () => {
  const nan = encodeNpy(Float32Array.of(1, NaN), [2, 1]);
  const skipped = await read(nan, "a.npy", { skipBadRows: true, scale: "none" });
  assert.equal([skipped.n, [...skipped.data], [...skipped.ids]], [1, [1], [0]]);
  assert.match(`${skipped.lost}`, /skipped: 1 bad row; the first: a.npy, row 1, column 0/);
  await rejects(
    () => read(encodeNpy(Float32Array.of(NaN, Infinity), [2, 1]), "a.npy", { skipBadRows: true }),
    /^a.npy has no row that can be used: a.npy, row 0/,
  );
  await rejects(() => read(nan, "a.npy"), /^a.npy, row 1, column 0 .*the value is NaN/);
  await rejects(() => read(nan.subarray(0, 40), "a.npy"), /^a.npy ends inside its header/);
  await rejects(
    () => read(IMAGES.subarray(0, 150), "a.npz"),
    /^a.npz is damaged or no .npz archive/,
  );
  await rejects(
    () => read(zipSync({ "a.txt": Uint8Array.of(1) }), "a.npz"),
    /^a.npz has no arrays/,
  );
  const two = {
    "x.npy": encodeNpy(Float32Array.of(1, 2), [2, 1]),
    "y.npy": encodeNpy(Float32Array.of(1), [1]),
  };
  await rejects(() => read(zipSync(two), "a.npz"), /^a.npz has 1 labels for 2 rows/);
  const classes = { "y.npy": encodeNpy(Float32Array.of(1), [1]) };
  await rejects(() => read(zipSync(classes), "a.npz"), /^a.npz has no array of rows, only y/);
});

test("IDX: bytes are images, other numbers a table", async () => {
  const images = await read(idx(8, [2, 1, 2], [1, 2, 3, 4]), "a-idx3-ubyte");
  assert.equal([images.shape, [...images.data], images.labels], [
    [1, 2, 1],
    [1, 2, 3, 4],
    undefined,
  ]);
  const shorts = idx(11, [2, 2], [0, 1, 255, 255, 1, 0, 0, 3]);
  assert.equal([...(await read(shorts, "a.idx", { scale: "none" })).data], [1, -1, 256, 3]);
  await rejects(
    () => read(idx(8, [2, 2, 2], [1, 2, 3]), "a.idx"),
    /^a.idx has 3 bytes where its shape \(2, 2, 2\) needs 8/,
  );
  await rejects(() => read(idx(7, [1], [1]), "a.idx"), /^a.idx is not an IDX file/);
  await rejects(() => read(Uint8Array.of(0, 0, 8, 3, 0), "a.idx"), /^a.idx is cut short/);
  await rejects(() => read(idx(13, [1, 1], [127, 192, 0, 0]), "a.idx"), /^a.idx, row 0 .*finite/);
});

test("IDX: classes lie beside their images, in a folder of both splits", () =>
  withFolder(async (dir) => {
    mkdirSync(join(dir, "data"));
    const at = (name: string) => join(dir, "data", name);
    writeFileSync(at("train-images-idx3-ubyte"), idx(8, [2, 1, 1], [10, 20]));
    writeFileSync(at("train-labels-idx1-ubyte"), idx(8, [2], [7, 5]));
    writeFileSync(at("t10k-images-idx3-ubyte"), idx(8, [1, 1, 1], [30]));
    writeFileSync(at("t10k-labels-idx1-ubyte"), idx(8, [1], [7]));
    const dataset = await loadDataset(join(dir, "data"));
    assert.equal([dataset.n, [...dataset.labels!], dataset.labelNames], [3, [1, 1, 0], ["5", "7"]]);
    const one = await loadDataset(at("train-images-idx3-ubyte"));
    assert.equal([[...one.data], [...one.labels!], one.labelNames], [[10, 20], [1, 0], ["5", "7"]]);
    writeFileSync(at("train-labels-idx1-ubyte"), idx(8, [1], [7]));
    await rejects(() => loadDataset(at("train-images-idx3-ubyte")), /has 1 labels for 2 rows/);
  }));

test.run();
