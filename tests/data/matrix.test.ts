import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync, strToU8, zipSync } from "fflate";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { encodeAssignments, encodeNpy, loadLabels, loadMatrix } from "../../shell/data/index.ts";
import { encodeGrayPng } from "../../shell/data/png.ts";
import { deflate } from "../../shell/data/zlib.ts";
import { imageFile, LIST_SCHEMA, parquetFile, rejects, withFolder } from "./fixtures.ts";

const test = suite("matrix");

const VALUES = Float32Array.of(1, 2, 3, 4, 5, 6);

/** Runs with a function that writes a file and gives its path back. */
function withFiles(
  run: (write: (name: string, content: Uint8Array | string) => Promise<string>) => Promise<void>,
): Promise<void> {
  return withFolder((dir) =>
    run(async (name, content) => {
      await writeFile(join(dir, name), content);
      return join(dir, name);
    })
  );
}

test("decimal commas are read where fields have semicolons or tabs between them", () =>
  withFiles(async (write) => {
    const lines = ["ort;x;y;n", "Köln;1,5;-2,25;1", "Bonn;2;3,5e1;2", "Jena;0,125;,5;3"];
    const values = [1.5, -2.25, 1, 2, 35, 2, 0.125, 0.5, 3];
    for (
      const [name, text] of [
        ["a.csv", lines.join("\n")],
        ["a.tsv", lines.join("\n").replaceAll(";", "\t")],
      ]
    ) {
      const { data, columns, styles, leftOut } = await loadMatrix(await write(name, text));
      assert.equal([...data], values, name);
      assert.equal([columns, [...styles!.keys()], leftOut], [["x", "y", "n"], ["x", "y"], ["ort"]]);
    }
    const bare = await loadMatrix(await write("b.csv", "1,5;2\n2,5;3\n"));
    assert.equal([[...bare.data], bare.columns], [[1.5, 2, 2.5, 3], ["x0", "x1"]]);
    // With a comma between fields there is none inside of them.
    const plain = await loadMatrix(await write("c.csv", "x,y\n1,5\n2,6\n"));
    assert.equal([[...plain.data], plain.styles], [[1, 5, 2, 6], undefined]);
    const grouped = await loadMatrix(await write("e.csv", "x;y\n1.256;0,5\n12;4.220,86\n"));
    assert.equal([...grouped.data], [1256, 0.5, 12, Math.fround(4220.86)]);
    assert.equal([...grouped.styles!.values()], ["1.234,5", "1.234,5"]);
    // Points among commas: neither is read, and the column is told of.
    const mixed = await loadMatrix(await write("d.csv", "x;y\n0,5;1\n1.5;2\n"));
    assert.equal([mixed.columns, mixed.leftOut], [["y"], ["x"]]);
  }));

test("reads one matrix from every kind of file", () =>
  withFiles(async (write) => {
    const rows = [[1, 2], [3, 4], [5, 6]];
    const paths = [
      await write("a.npy", encodeNpy(VALUES, [3, 2])),
      await write("a.csv", "a,b\n1,2\n3,4\n5,6\n"),
      await write("a.tsv", "a\tb\n1\t2\n3\t4\n5\t6\n"),
      await write(
        "a.parquet",
        parquetFile([
          { name: "id", data: [9, 9, 9], type: "INT32" },
          { name: "a", data: [1, 3, 5], type: "INT32" },
          { name: "b", data: [2, 4, 6], type: "DOUBLE" },
        ]),
      ),
      await write(
        "list.parquet",
        parquetFile([{ name: "e", data: rows }], { schema: LIST_SCHEMA }),
      ),
      await write("a.jsonl", rows.map(([a, b]) => JSON.stringify({ id: 9, a, b })).join("\n")),
      await write("a.json", JSON.stringify(rows.map((e) => ({ e })))),
      await write("a.npz", zipSync({ "x.npy": encodeNpy(VALUES, [3, 2]) })),
      await write("a.csv.gz", gzipSync(strToU8("a,b\n1,2\n3,4\n5,6\n"))),
    ];
    const names = [["0", "1"], ["a", "b"], ["a", "b"], ["a", "b"], ["e[0]", "e[1]"]]
      .concat([["a", "b"], ["e[0]", "e[1]"], ["x[0]", "x[1]"], ["a", "b"]]);
    for (const [i, path] of paths.entries()) {
      const { name, n, width, data, columns, ids } = await loadMatrix(path);
      assert.equal([name, n, width], [path, 3, 2]);
      assert.equal(data, VALUES, path);
      assert.equal(columns, names[i], path);
      assert.equal(ids, Int32Array.of(0, 1, 2), path);
      const two = await loadMatrix(path, { limit: 2 });
      assert.equal([two.n, two.ids.length, two.data.length], [2, 2, 4], path);
    }
  }));

test("classes are found by one rule in every kind of file", () =>
  withFiles(async (write) => {
    // Columns of words, and which of them holds the classes.
    const cases: [Record<string, string[]>, string | undefined][] = [
      [{ kind: ["a", "b", "a", "a"] }, "kind"],
      [{ kind: ["a", "b", "c", "a"] }, undefined],
      [{ kind: ["a", "b", "a", "a"], colour: ["r", "r", "g", "g"] }, undefined],
      [{ kind: ["a", "b", "a", "a"], label: ["r", "r", "g", "g"] }, "label"],
      [{ id: ["p", "p", "q", "q"] }, undefined],
      [{ id: ["p", "q", "r", "s"], kind: ["a", "a", "a", "b"] }, "kind"],
    ];
    for (const [i, [words, label]] of cases.entries()) {
      const columns = { x: [1, 2, 3, 4], ...words };
      const names = Object.keys(columns);
      const lines = columns.x.map((_, row) =>
        names.map((name) => columns[name as "x"][row]).join(",")
      );
      const data = names.map((name) => ({ name, data: columns[name as "x"] as number[] }));
      const files = [
        await write(`${i}.csv`, `${names}\n${lines.join("\n")}\n`),
        await write(`${i}.parquet`, parquetFile(data)),
        await write(
          `${i}.jsonl`,
          columns.x.map((_, row) =>
            JSON.stringify(
              Object.fromEntries(names.map((name) => [name, columns[name as "x"][row]])),
            )
          ).join("\n"),
        ),
      ];
      for (const file of files) {
        const got = await loadMatrix(file);
        assert.equal([got.label, got.columns], [label, ["x"]], file);
        assert.is(got.labels === undefined, label === undefined, file);
        assert.is((await loadMatrix(file, { label: false })).label, undefined, file);
      }
    }
  }));

/** A .npy file of bytes. @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
function npyOfBytes(bytes: Uint8Array, shape: string): Uint8Array {
  const head = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape}), }`.padEnd(117) + "\n";
  return Uint8Array.of(0x93, ...strToU8("NUMPY"), 1, 0, head.length, 0, ...strToU8(head), ...bytes);
}

test("archives: the array that is named, its classes, images; what is missing is told by its place", () =>
  withFiles(async (write) => {
    const npz = await write(
      "two.npz",
      zipSync({
        "codes.npy": encodeNpy(VALUES, [3, 2]),
        "pixels.npy": encodeNpy(Float32Array.of(7, 8, 9), [3, 1]),
        "y.npy": encodeNpy(Float32Array.of(4, 0, 4), [3]),
      }),
    );
    await rejects(
      () => loadMatrix(npz),
      /has several arrays, .* by --columns, such as --columns codes/,
    );
    const codes = await loadMatrix(npz, { columns: ["codes"] });
    assert.equal([codes.data, [...codes.labels!], codes.labelNames], [VALUES, [1, 0, 1], [
      "0",
      "4",
    ]]);
    const pixels = new Uint8Array(8);
    pixels.fill(255, 4);
    const images = await write("images.npz", zipSync({ "x.npy": npyOfBytes(pixels, "2, 2, 2") }));
    const { width, data } = await loadMatrix(images);
    assert.equal([width, [...data]], [4, [0, 0, 0, 0, 1, 1, 1, 1]]);
    const holes = await write("holes.jsonl", '{"a": 1, "b": 2}\n{"a": 3}\n');
    await rejects(
      () => loadMatrix(holes),
      /holes.jsonl, row 1 \(counting from 0\), column "b": the value is missing, but every/,
    );
    await rejects(
      () => loadMatrix(holes, { columns: ["c"] }),
      /has no column "c": its columns are a, b/,
    );
    const words = await write("words.jsonl", '{"a": "p"}\n{"a": "q"}\n');
    await rejects(() => loadMatrix(words), /has no column of numbers: its columns are a/);
    await rejects(() => loadMatrix(words, { columns: ["a"] }), /column "a" has words/);
    const ragged = await write("ragged.jsonl", '{"e": [1, 2]}\n{"e": [3]}\n');
    await rejects(
      () => loadMatrix(ragged),
      /row 1 .*the list has 1 numbers, those before it have 2/,
    );
  }));

test("images become rows of numbers from 0 to 1", () =>
  withFiles(async (write) => {
    const image = (value: number) => encodeGrayPng(new Uint8Array(4).fill(value), 2, 2, deflate);
    const path = await write("i.parquet", imageFile([image(0), image(255)], [0, 2]));
    const { width, data, columns, labels, labelNames } = await loadMatrix(path);
    assert.is(width, 4);
    assert.equal(data, Float32Array.of(0, 0, 0, 0, 1, 1, 1, 1));
    assert.equal(columns, ["pixel0", "pixel1", "pixel2", "pixel3"]);
    assert.equal([...labels!], [0, 2]);
    assert.equal(labelNames, ["ape", "cat", "dog"]);
  }));

test("refuses files that are missing or of another kind, and names of columns in .npy", () =>
  withFiles(async (write) => {
    await rejects(
      () => loadMatrix("nowhere.npy"),
      /cannot read nowhere.npy: there is no such file/,
    );
    await rejects(
      () => loadMatrix("nowhere.csv"),
      /cannot read nowhere.csv: there is no such file/,
    );
    const text = await write("a.txt", "1 2 3");
    await rejects(
      () => loadMatrix(text),
      /a.txt is of no kind that can be read: give a .parquet, .csv/,
    );
    const npy = await write("a.npy", encodeNpy(VALUES, [3, 2]));
    await rejects(
      () => loadMatrix(npy, { columns: ["a"] }),
      /no names of columns: leave out --col/,
    );
    await rejects(() => loadMatrix(npy, { label: "a" }), /no names of columns: leave out --label/);
  }));

/** Labels by name, "-" for none. */
async function words(...args: Parameters<typeof loadLabels>): Promise<string> {
  const { labels, names } = await loadLabels(...args);
  return Array.from(labels, (label) => names[label] ?? "-").join(" ");
}

test("reads labels of every kind of file: -1 and nothing are none", () =>
  withFiles(async (write) => {
    const clusters = {
      ids: Int32Array.of(0, 1, 2),
      cluster: Int32Array.of(10, -1, 9),
      labels: Int32Array.of(1, -1, 0),
      labelNames: ["ape", "cat"],
    };
    const parquet = await write("assignments.parquet", encodeAssignments(clusters));
    assert.is(await words(parquet), "10 - 9");
    assert.is(await words(`${parquet}:label`), "cat - ape");
    const { names, name } = await loadLabels(parquet);
    assert.equal(names, ["9", "10"]);
    assert.is(name, `${parquet}:cluster`);
    const csv = await write("a.csv", "x,kind,label\n1,b,3\n2,,-1\n3,a,3\n");
    assert.is(await words(csv), "3 - 3");
    assert.is(await words(`${csv}:kind`), "b - a");
    // Known classes are never the clusters beside them.
    assert.is(await words(parquet, undefined, "classes"), "cat - ape");
    assert.is(await words(await write("floats.csv", "cluster\n3.0\n-1.0\n0.0\n")), "3 - 0");
    await rejects(
      async () => loadLabels(await write("measured.csv", "label\n3\n0.25\n")),
      /measured\.csv, line 3, column "label": the value is 0\.25, but labels are words or whole/,
    );
    assert.is(await words(await write("one.csv", "kind\nb\n-1\n")), "b -1");
    assert.is(
      await words(await write("a.npy", encodeNpy(Float32Array.of(1, -1, 0), [3]))),
      "1 - 0",
    );
    const classes = imageFile([1, 2, 3].map(() => new Uint8Array(1)), [0, null, 2]);
    assert.is(await words(`${await write("i.parquet", classes)}:label`), "ape - dog");
  }));

test("takes the labels of the rows that are left under a limit", () =>
  withFiles(async (write) => {
    const csv = await write("a.csv", "label\na\nb\nc\nd\n");
    const ids = Int32Array.of(0, 2), of = "x.npy";
    assert.is(await words(csv, { ids, of, limited: true }), "a c");
    await rejects(
      () => words(csv, { ids: Int32Array.of(0, 1, 2), of, limited: false }),
      /a.csv:label has 4 labels for the 3 rows of x.npy: give one label for each row/,
    );
    await rejects(
      () => words(csv, { ids: Int32Array.of(0, 1, 2, 3, 4), of, limited: true }),
      /has 4 labels for the 5 rows of x.npy/,
    );
  }));

test("refuses labels that cannot be found", () =>
  withFiles(async (write) => {
    const csv = await write("a.csv", "x,y\n1,2\n");
    await rejects(() => loadLabels(csv), /no column called cluster or label: name one of x, y as/);
    await rejects(() => loadLabels(`${csv}:z`), /a.csv has no column "z": its columns are x, y/);
    await rejects(
      () => loadLabels("labels.txt"),
      /labels come from a .npy, .csv, .tsv or .parquet/,
    );
    const table = await write(
      "t.parquet",
      parquetFile([
        { name: "x", data: [0.5], type: "DOUBLE" },
        { name: "y", data: [1], type: "INT32" },
      ]),
    );
    await rejects(() => loadLabels(table), /t.parquet has no column called cluster or label/);
    await rejects(() => loadLabels(`${table}:x`), /column "x" is DOUBLE, but a label must be/);
    const npy = await write("a.npy", encodeNpy(VALUES, [6]));
    await rejects(() => loadLabels(`${npy}:x`), /a.npy has no names of columns: leave out :x/);
    const beyond = imageFile([new Uint8Array(1)], [3]);
    await rejects(
      async () => loadLabels(`${await write("b.parquet", beyond)}:label`),
      /row 0 .*the label is 3, but the file names 3 classes/,
    );
  }));

test.run();
