import { suite } from "uvu";
import { readDataset } from "../../shell/data/parquet.ts";
import { encodeGrayPng } from "../../shell/data/png.ts";
import { deflate, inflate } from "../../shell/data/zlib.ts";
import {
  fromBase64,
  imageFile,
  LIST_SCHEMA,
  memoryFile,
  memorySource,
  parquetFile,
  rejects,
} from "./fixtures.ts";
import golden from "./golden/others.json" with { type: "json" };

const test = suite("parquet, bad input");

const png = (width: number) => encodeGrayPng(new Uint8Array(width * 2), width, 2, deflate);
const read = (file: Uint8Array, options = {}) =>
  readDataset(memorySource(file), { inflate, ...options });
const arrow = fromBase64(golden.parquet.snappy);

test("names the row and column of a value that is not finite", async () => {
  const where = (row: number, column: string) =>
    `^a.parquet, row ${row} \\(counting from 0\\), column "${column}": the value is `;
  const refuse = (column: string, row: number, value: string) =>
    rejects(
      () => read(arrow, { columns: ["f64", column] }),
      new RegExp(where(row, column) + value),
    );
  await refuse("nan", 3, "NaN, but every value must be a finite");
  await refuse("hole", 2, "missing, but");
  await refuse("huge", 4, "1e\\+300, but");
  for (const value of [Infinity, -Infinity]) {
    const data = new Float32Array(2500);
    data[2345] = value;
    const file = parquetFile([{ name: "x", data, type: "FLOAT" }], { rowGroupSize: 1000 });
    await rejects(() => read(file), new RegExp(where(2345, "x") + value));
  }
});

test("refuses columns that are missing or of other types", async () => {
  const refuse = (column: string, type: string) =>
    rejects(
      () => read(arrow, { columns: [column] }),
      new RegExp(
        `^a.parquet: column "${column}" is ${type}, but only images, numbers and lists`,
      ),
    );
  await refuse("name", "STRING");
  await refuse("day", "DATE");
  await rejects(
    () => read(arrow, { columns: ["x"] }),
    /^a.parquet has no column "x": .*f64 \(DOUBLE/,
  );
  const text = parquetFile([{ name: "text", data: ["x"], type: "STRING" }]);
  await rejects(() => read(text), /no image column and no numeric one: .*text \(STRING\)/);
  const time = parquetFile([{ name: "time", data: [new Date(0)], type: "TIMESTAMP" }]);
  await rejects(() => read(time), /time \(TIMESTAMP/);
});

test("refuses lists of several lengths, missing ones, and lists beside other columns", async () => {
  await rejects(
    () => read(arrow, { columns: ["list"] }),
    /^a.parquet, row 2 \(counting from 0\), column "list": the row has 0 numbers, but .* first, 1:/,
  );
  await rejects(
    () => read(arrow, { columns: ["list", "f64"] }),
    /^a.parquet: a column of lists cannot be joined with others \(list, f64\): choose one/,
  );
  const lists = (values: unknown[]) =>
    parquetFile([{ name: "e", data: values }], { schema: LIST_SCHEMA });
  await rejects(
    () => read(lists([[1, 2], [3, NaN]])),
    /^a.parquet, row 1 .*column "e\[1\]": the value is NaN/,
  );
  await rejects(() => read(lists([null, [1]])), /row 0 .*has 0 numbers/);
});

test("refuses labels that are missing or of other types", async () => {
  await rejects(() => read(arrow, { label: "class" }), /^a.parquet has no column "class"/);
  await rejects(() => read(arrow, { label: "f64" }), /column "f64" is DOUBLE, but a label must be/);
  await rejects(() => read(arrow, { label: "list" }), /column "list" is LIST, but a label must be/);
  await rejects(
    () => read(imageFile([png(3), png(3), png(3)], [0, 1, 3])),
    /row 2 \(.*column "label": the label is 3, but the file names 3 classes/,
  );
});

test("refuses images of different sizes", async () => {
  await rejects(
    () => read(imageFile([png(3), png(3), png(4)], [0, 1, 2])),
    /row 2 \(.*column "image": the image is 2 x 4 x 1 .*that of row 0 is 2 x 3 x 1/,
  );
});

test("refuses images that are missing, damaged or of no kind that is read", async () => {
  const refuse = (image: Uint8Array | null, expected: RegExp) =>
    rejects(() => read(imageFile([png(3), image], [0, 1])), expected);
  await refuse(null, /row 1 \(.*does not decode \(there is none\)/);
  await refuse(new Uint8Array(0), /row 1 \(.*\(it is empty\)/);
  await refuse(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), /row 1 \(.*\(it is cut short\)/);
  await refuse(png(3).subarray(0, 45), /row 1 \(.*the image does not decode \(it is cut short\)/);
  const damaged = png(3);
  damaged[45] ^= 255;
  await refuse(damaged, /row 1 \(.*the image does not decode/);
  const file = imageFile([png(3), damaged], [0, 1]);
  await rejects(() => read(file, { inflate: undefined }), /row 1 \(.*the image does not decode/);
});

test("refuses an image column together with others", async () => {
  await rejects(
    () => read(imageFile([png(3)], [0]), { columns: ["image", "label"] }),
    /cannot be joined with others \(image, label\)/,
  );
});

test("refuses files that are empty, no Parquet or cut short", async () => {
  await rejects(() => read(new Uint8Array(0)), /^a.parquet is empty/);
  await rejects(() => read(new TextEncoder().encode("a,b\n1,2\n3,4\n5,6\n")), /not a Parquet file/);
  await rejects(() => read(Uint8Array.of(80, 65, 82)), /not a Parquet file/);
  for (const length of [4, 8, 11, 12, 100, arrow.length - 1]) {
    await rejects(() => read(arrow.subarray(0, length)), /^a.parquet is cut short/);
  }
});

test("refuses a damaged footer or damaged pages", async () => {
  const broken = (change: (bytes: Uint8Array) => void) => {
    const bytes = arrow.slice();
    change(bytes);
    return rejects(
      () => read(bytes, { columns: ["f64"] }),
      /^a.parquet is damaged \(.*fetch or make/,
    );
  };
  await broken((bytes) => new DataView(bytes.buffer).setUint32(bytes.length - 8, 0x7fffffff, true));
  await broken((bytes) => new DataView(bytes.buffer).setUint32(bytes.length - 8, 1, true));
  await broken((bytes) => bytes.fill(255, 4, 60));
  await broken((bytes) => bytes.fill(0, 4, 60));
});

test("fails with one sentence, wherever a byte of the footer is wrong", async () => {
  const file = parquetFile([
    { name: "x", data: Float32Array.from({ length: 40 }, (_, i) => i), type: "FLOAT" },
    { name: "label", data: Array.from("abcd".repeat(10)), type: "STRING" },
  ]);
  // Only the footer: with a wrong count in a page, hyparquet 1.31 can loop without an end.
  const size = new DataView(file.buffer).getUint32(file.length - 8, true);
  for (let at = file.length - 8 - size; at < file.length; at++) {
    const bytes = file.slice();
    bytes[at] ^= 0x55;
    // Nothing carries a checksum, so a wrong value may be read; an odd error may not be thrown.
    await read(bytes).catch((error) => rejects(() => Promise.reject(error), /./));
  }
});

test("refuses a source without rows", async () => {
  await rejects(() => readDataset({ name: "none", files: [] }), /^none has no rows/);
  await rejects(
    () => read(parquetFile([{ name: "x", data: [], type: "FLOAT" }])),
    /^memory has no rows/,
  );
});

test("refuses files that name different classes", async () => {
  const one = imageFile([png(3)], [0]);
  const text = String.fromCharCode(...one).replace('"cat"', '"cow"');
  const two = Uint8Array.from(text, (c) => c.charCodeAt(0));
  const files = [memoryFile(one), memoryFile(two, "b.parquet")];
  await rejects(
    () => readDataset({ name: "two", files }),
    /^b.parquet names other classes in column "label" than a.parquet/,
  );
});

test.run();
