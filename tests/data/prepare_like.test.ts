/** New rows as those of a model were: the numbers of the training rows again, and refusals. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "fast-png";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { loadDataset, loadLike, type ReadOptions } from "../../shell/data/index.ts";
import type { TableSettings } from "../../shell/data/table/preprocessing.ts";
import { imageFile, rejects, withFolder } from "./fixtures.ts";

const test = suite("prepare like");

/** Numbers, truth values, dates, words; some are missing. */
const TABLE = [
  "when,size,open,shade,spare,species",
  "2024-01-01,1.5,true,red,a,x",
  "2024-01-02,,false,blue,b,y",
  "2024-01-05,4,true,red,c,x",
  "2024-01-09,-2,false,,d,y",
  "2024-01-03,8,true,green,e,x",
  "2024-01-04,1.25,false,blue,f,y",
  "",
].join("\n");
const CHOSEN = ["when", "size", "open", "shade"];

/** Runs with a folder that has a table, and what its preprocessing says. */
async function withTable(
  settings: TableSettings & ReadOptions,
  act: (
    at: (name: string, content?: string | Uint8Array) => string,
    said: unknown,
  ) => Promise<void>,
) {
  await withFolder(async (dir) => {
    const at = (name: string, content?: string | Uint8Array) => {
      if (content !== undefined) writeFileSync(join(dir, name), content);
      return join(dir, name);
    };
    const options = { columns: CHOSEN, categorical: ["shade"], label: "species", ...settings };
    const { preprocessing } = await loadDataset(at("table.csv", TABLE), options);
    // As a file holds it.
    await act(at, JSON.parse(JSON.stringify(preprocessing)));
  });
}

test("new rows with points of thousands are read as those of a file with decimal commas", () =>
  withFolder(async (dir) => {
    const at = (name: string, content: string) => {
      writeFileSync(join(dir, name), content);
      return join(dir, name);
    };
    const table = at("table.csv", "a;b\n1.256;0,5\n2.512;1,5\n987;3\n");
    const { preprocessing } = await loadDataset(table, { scale: "none" });
    const said = JSON.parse(JSON.stringify(preprocessing));
    const { data, notes } = await loadLike(at("new.csv", "a;b\n1.300;2\n1.000;4\n"), said);
    assert.equal([...data], [1300, 2, 1000, 4]);
    assert.match(`${notes}`, "points of thousands: a (1.234,5 is read as 1234.5)");
    assert.equal([...(await loadLike(at("plain.csv", "a,b\n1300,2.5\n"), said)).data], [1300, 2.5]);
    await rejects(
      () => loadLike(at("new.csv", "a;b\n1.3;2\n"), { ...said, decimalCommas: "yes" }),
      /what the model says of its columns is damaged/,
    );
  }));

for (const missing of ["mean", "median", "most-frequent", "drop"] as const) {
  for (const scale of ["standard", "minmax", "robust", "none"] as const) {
    test(`the training rows again: missing ${missing}, scale ${scale}`, () =>
      withTable({ missing, scale }, async (at, said) => {
        const options = { columns: CHOSEN, categorical: ["shade"], label: "species" };
        const want = await loadDataset(at("table.csv"), { ...options, missing, scale });
        const got = await loadLike(at("table.csv"), said);
        assert.equal(got.data, want.data);
        assert.equal(got.columns, want.columns);
        assert.equal(got.ids, want.ids);
        assert.is(got.n, missing === "drop" ? 4 : 6);
        assert.equal([got.label, got.labels, got.labelNames], [
          want.label,
          want.labels,
          want.labelNames,
        ]);
        const left = missing === "drop"
          ? /size 1 \(rows left out\), shade 1 \(rows left out\)/
          : /size 1 \(filled with -?[\d.]+\), shade 1 \(filled with (red|blue)\)/;
        assert.match(got.notes![0], left);
      }));
  }
}

test("other columns, another order, one row", () =>
  withTable({}, async (at, said) => {
    const all = await loadLike(at("table.csv"), said);
    const one = await loadLike(
      at("one.tsv", "more\tshade\topen\tsize\twhen\n7\tred\tTRUE\t1.5\t2024-01-01\n"),
      said,
    );
    assert.equal([...one.data], [...all.data.subarray(0, all.shape[0])]);
    assert.is(one.label, undefined);
    assert.is((await loadLike(at("table.csv"), said, { label: false })).label, undefined);
    assert.is((await loadLike(at("table.csv"), said, { label: "spare" })).label, "spare");
    assert.is((await loadLike(at("table.csv"), said, { limit: 2 })).n, 2);
  }));

test("what is not like the training rows is refused", () =>
  withTable({}, async (at, said) => {
    const head = "when,size,open,shade\n";
    const refused = (content: string, sentence: RegExp) =>
      rejects(() => loadLike(at("new.csv", content), said), sentence);
    await refused(
      "when,sice,open,shade\n2024-01-01,1,true,red\n",
      /no column "size": did you mean/,
    );
    await refused(`${head}2024-01-01,1,true,mauve\n`, /row 0 .*"shade": "mauve" is none of the/);
    await refused(`${head}2024-01-01,large,true,red\n`, /column "size" has words, where the model/);
    await refused(
      `${head}1.5,1,true,red\n`,
      /column "when" has numbers, where .* trained on dates/,
    );
    await refused(head, /has no rows/);
    const bad = `${head}2024-01-01,1,true,red\n2024-01-02,two,true,red\n2024-01-02,3,true,red\n` +
      "2024-01-02,4,true,blue\n".repeat(9);
    await refused(bad, /row 1 .*"size": the value is "two"/);
    const { n, notes, lost } = await loadLike(at("new.csv"), said, { skipBadRows: true });
    assert.is(n, 11);
    assert.match(notes![0], /skipped: 1 bad row; the first: .*"two"/);
    assert.equal(lost, notes);
  }));

test("rows with a category that is not known are left out, if bad rows are", () =>
  withTable({}, async (at, said) => {
    const rows = ["1,mauve,a", "2,red,b", "3,,c", "4,pink,d", "5,blue,e"];
    const table = "when,open,size,shade,user_id\n" +
      rows.map((row) => `2024-01-01,true,${row}\n`).join("");
    await rejects(
      () => loadLike(at("new.csv", table), said),
      /row 0 .*"mauve" is none of .*: correct it, or leave such rows out with --skip-bad-rows$/,
    );
    const skipped = await loadLike(at("new.csv"), said, { skipBadRows: true });
    assert.equal([skipped.n, [...skipped.ids], skipped.names], [3, [1, 2, 4], ["b", "c", "e"]]);
    assert.is(skipped.lost!.length, 1);
    assert.match(skipped.lost![0], /^skipped: 2 bad rows; the first: .*row 0 .*"mauve" is none of/);
    const good = rows.filter((_, i) => i !== 0 && i !== 3);
    const want = await loadLike(
      at(
        "good.csv",
        `when,open,size,shade,user_id\n${good.map((row) => `2024-01-01,true,${row}\n`).join("")}`,
      ),
      said,
    );
    assert.equal(skipped.data, want.data);
    at("new.csv", "when,open,size,shade\n2024-01-01,true,1,mauve\n");
    await rejects(
      () => loadLike(at("new.csv"), said, { skipBadRows: true }),
      /no row that can be used: .*"mauve"/,
    );
  }));

test("rows that a model without fillings cannot take are lost, and that is said", () =>
  withTable({ missing: "drop" }, async (at, said) => {
    const { n, lost } = await loadLike(at("table.csv"), said);
    assert.equal([n, lost], [4, ["missing: size 1 (rows left out), shade 1 (rows left out)"]]);
  }));

test("rows that all lack a value have no numbers", () =>
  withTable({ missing: "drop" }, (at, said) =>
    rejects(
      () => loadLike(at("gaps.csv", "when,size,open,shade\n2024-01-01,,true,red\n"), said),
      /has no row without a missing value, and the model was trained without such rows/,
    )));

test("images: as they were, or brought to the size that they were brought to", () =>
  withFolder(async (dir) => {
    const path = (side: number) => join(dir, `${side}.parquet`);
    for (const side of [4, 6]) {
      const data = Uint8Array.from({ length: side * side }, (_, i) => i * 5);
      const image = encode({ width: side, height: side, channels: 1, data });
      writeFileSync(path(side), imageFile([image, image, image], [0, 1, 2]));
    }
    const plain = { kind: "images", shape: [4, 4, 1], fit: "resize", colour: "auto" };
    assert.equal((await loadLike(path(4), plain)).shape, [4, 4, 1]);
    await rejects(
      () => loadLike(path(6), plain),
      /images of 6 x 6 x 1, and the model takes .*4 x 4/,
    );
    const mixed = join(dir, "mixed.parquet");
    const square = (side: number) =>
      encode({ width: side, height: side, channels: 1, data: new Uint8Array(side * side) });
    writeFileSync(mixed, imageFile([square(4), square(6), square(4)], [0, 1, 2]));
    await rejects(
      () => loadLike(mixed, plain),
      /: the image is 6 x 6 x 1 .*: the model was trained on images as they are, so make all/,
    );
    const sized = { ...plain, size: [4, 4] };
    const array = (name: string, side: number) => {
      // An IDX file of bytes: two images.
      const header = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, side, 0, 0, 0, side];
      writeFileSync(join(dir, name), Uint8Array.of(...header, ...new Uint8Array(2 * side * side)));
      return join(dir, name);
    };
    assert.equal((await loadLike(array("four.idx", 4), sized)).shape, [4, 4, 1]);
    await rejects(
      () => loadLike(array("six.idx", 6), sized),
      /in arrays, which are taken as they are, and the model takes 4 x 4: make the arrays like/,
    );
    const want = await loadDataset(path(6), { images: { size: [4, 4] } });
    assert.equal((await loadLike(path(6), sized)).data, want.data);
    const table = join(dir, "table.csv");
    writeFileSync(table, TABLE);
    await rejects(
      () => loadLike(table, plain),
      /takes images of 4 x 4 x 1, and .*table.csv has none/,
    );
    for (const spoilt of [{ kind: "images" }, { kind: "images", shape: [4, 4] }]) {
      await rejects(() => loadLike(path(4), spoilt), /says of its images is damaged/);
    }
  }));

test("what a file says of a table is not trusted", () =>
  withTable({}, async (at, said) => {
    const good = said as { names: string[]; inputs: Record<string, unknown>[] };
    const change = (i: number, more: object) => ({
      ...good,
      inputs: good.inputs.map((one, j) => i === j ? { ...one, ...more } : one),
    });
    const spoilt: unknown[] = [
      { kind: "table" },
      { ...good, names: good.names.slice(1) },
      { ...good, names: 7 },
      { ...good, inputs: [null] },
      ...[{ as: "magic" }, { factor: null }, { offset: "1" }, { fill: {} }, { column: 3 }]
        .map((more) => change(1, more)),
      ...[{ values: [1, 2, 3] }, { values: "red" }, { other: 1 }, { fill: 2 }]
        .map((more) => change(3, more)),
      change(0, { as: "list", offset: [1], factor: [1, 2] }),
    ];
    for (const one of spoilt) {
      await rejects(
        () => loadLike(at("table.csv"), one),
        /says of its columns is damaged: save it/,
      );
    }
    await rejects(() => loadLike(at("table.csv"), { kind: "smells" }), /of the kind "smells"/);
    await rejects(() => loadLike(at("table.csv"), null), /of the kind "undefined"/);
  }));

test("names of rows: a column that is found or told, in the rows that are left, and in new ones", () =>
  withFolder(async (dir) => {
    const path = join(dir, "a.csv");
    const rows = ["1,5,x,00a", "2,,x,00b", "3,7,y,007", "4,8,y,7"];
    writeFileSync(path, ["customer_id,size,kind,code", ...rows, ""].join("\n"));
    const options = { missing: "drop" as const, label: false as const };
    const found = await loadDataset(path, options);
    assert.equal([found.id, found.names, [...found.ids]], ["customer_id", ["1", "3", "4"], [
      0,
      2,
      3,
    ]]);
    const told = await loadDataset(path, { ...options, id: "code" });
    assert.equal([told.id, told.names], ["code", ["00a", "007", "7"]]);
    const said = JSON.parse(JSON.stringify(told.preprocessing));
    const like = await loadLike(path, said);
    assert.equal([like.names, like.data], [told.names, told.data]);
    writeFileSync(path, "customer_id,kind,size\n12,x,5\n13,y,7\n");
    assert.equal((await loadLike(path, found.preprocessing)).names, ["12", "13"]);
  }));

test.run();
