/** Where rows come from: addresses, compressed files, files of a page, files without an ending. */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openBlobs } from "../../shell/data/blob_source.ts";
import { openUrl } from "../../shell/data/open_url.ts";
import { readSource } from "../../shell/data/read_source.ts";
import { loadDataset } from "../../shell/data/source.ts";
import { Cancelled } from "../../shell/errors.ts";
import { fromBase64, memoryFile, parquetFile, rejects, withFolder } from "./fixtures.ts";

const test = suite("readers");

const CSV = "x,y\n1,2\n3,6\n";
const RAW = { scale: "none" } as const;
const bytes = (text: string) => new TextEncoder().encode(text);
const numbers = async (
  source: Parameters<typeof readSource>[0],
) => [...(await readSource(source, RAW)).data];

/** What is there by path: a body, or a status. */
const PAGES: Record<string, Uint8Array | number> = {
  "/a.csv": bytes(CSV),
  "/a.csv.gz": gzipSync(CSV),
  "/download": parquetFile([{ name: "x", data: [5, 7], type: "DOUBLE" }]),
  "/test%20set.jsonl": bytes('{"x":1}\n{"x":4}\n'),
  "/secret.csv": 403,
  "/broken.csv": 500,
  "/busy.csv": 429,
};
let server: Server, origin = "";
test.before(async () => {
  server = createServer((request, response) => {
    const path = new URL(request.url!, "http://localhost").pathname;
    if (path === "/moved.csv") {
      response.writeHead(302, { location: "/a.csv" }).end();
      return;
    }
    if (path === "/cut.csv") {
      response.writeHead(200, { "content-length": "100" });
      response.write("x,y\n1,2\n", () => response.destroy());
      return;
    }
    const page = PAGES[path] ?? 404;
    if (typeof page === "number") response.writeHead(page).end("no");
    else response.writeHead(200).end(page);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
test.after(() => void server.close());

test("an address: by its ending, by its bytes, compressed, moved", async () => {
  assert.equal([...(await loadDataset(`${origin}/a.csv`, RAW)).data], [1, 2, 3, 6]);
  assert.equal(await numbers(await openUrl(`${origin}/a.csv.gz`)), [1, 2, 3, 6]);
  assert.equal(await numbers(await openUrl(`${origin}/download?key=1`)), [5, 7]);
  assert.equal(await numbers(await openUrl(`${origin}/moved.csv`)), [1, 2, 3, 6]);
  const { files } = await openUrl(`${origin}/test%20set.jsonl`);
  assert.equal([files[0].split, files[0].format], ["test", "json"]);
});

test("an address that cannot be read: what the server says, without what may be secret", async () => {
  const refused = (path: string, sentence: RegExp) =>
    rejects(() => openUrl(origin + path), sentence);
  await refused(
    "/none.csv?key=hidden",
    /^cannot read http:[^?]*\/none.csv: there is nothing \(404\)/,
  );
  await refused("/secret.csv", /the server wants a permission \(403\)$/);
  await refused("/busy.csv", /asked too often \(429\): try again later/);
  await refused("/broken.csv", /the server answers 500: try again later/);
  await refused("/cut.csv", /cut.csv: the server does not answer, or stopped in the middle/);
  await rejects(() => openUrl("http://127.0.0.1:1/a.csv"), /does not answer/);
  await rejects(() => openUrl("http://"), /^"http:\/\/" is no address/);
  await rejects(() => openUrl("http://me:secret@host/a.csv"), /^an address with a name and a pass/);
  const signal = AbortSignal.abort();
  const error = await openUrl(`${origin}/a.csv`, { signal }).catch((caught) => caught);
  assert.instance(error, Cancelled);
});

test("files of a page: sliced, by name or by bytes, in the order of their splits", async () => {
  const files = [new File([CSV], "test.csv"), new File(["x,y\n0,0\n"], "train.csv")];
  assert.equal(await numbers(openBlobs(files)), [0, 0, 1, 2, 3, 6]);
  assert.equal(await numbers(openBlobs([new Blob([CSV])])), [1, 2, 3, 6]);
  const parquet = parquetFile([{ name: "x", data: [5, 7], type: "DOUBLE" }]);
  assert.equal(await numbers(openBlobs([new File([parquet as BlobPart], "a.bin")])), [5, 7]);
  // One gray pixel.
  const png = fromBase64(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==",
  );
  const image = new File([png as BlobPart], "a.png");
  const dataset = await readSource(openBlobs([image]), { workers: 0 });
  assert.equal([dataset.kind, dataset.shape], ["images", [1, 1, 1]]);
});

test("what is in a file is told by its bytes, or by a person", () =>
  withFolder(async (dir) => {
    const path = join(dir, "iris.data");
    writeFileSync(path, "5.1;3.5\n4.9;3.0\n");
    assert.equal((await loadDataset(path)).columns, ["x0", "x1"]);
    const one = join(dir, "one.txt");
    writeFileSync(one, "x\n1\n2\n");
    await rejects(() => loadDataset(one), /one.txt is of no kind that can be read/);
    assert.equal((await loadDataset(one, { format: "csv" })).columns, ["x"]);
    writeFileSync(one, Uint8Array.of(1, 2, 3));
    await rejects(() => loadDataset(one), /one.txt is of no kind that can be read/);
    writeFileSync(join(dir, "a.csv.gz"), gzipSync(CSV).subarray(0, 25));
    await rejects(() => loadDataset(join(dir, "a.csv.gz")), /a.csv.gz is damaged \(its compressed/);
  }));

test("a name with another content than it tells: an error with the name", async () => {
  const wrong = (name: string, content: Uint8Array) =>
    readSource({ name, files: [memoryFile(content, name)] });
  await rejects(() => wrong("a.parquet", bytes(CSV)), /^a.parquet is not a Parquet file/);
  await rejects(() => wrong("a.npy", bytes(CSV)), /^a.npy is not a NumPy array file/);
  const zip = Uint8Array.of(0x50, 0x4b, 3, 4, 20);
  await rejects(() => wrong("a.xlsx", zip), /^a.xlsx is an Excel or zip file: export it as CSV$/);
  await rejects(() => wrong("a.npz", bytes(CSV)), /^a.npz is damaged or no .npz archive/);
  await rejects(() => wrong("a.jsonl", bytes(CSV)), /^a.jsonl, row 0 .*is no JSON object/);
  await rejects(
    () => wrong("a.csv", Uint8Array.of(0x61, 0x2c, 0xff, 0xfe)),
    /^a.csv, line 1: it is not text/,
  );
});

test.run();
