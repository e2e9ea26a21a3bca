import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type HubInternals, openHub } from "../../shell/data/hub/hub.ts";
import { readDataset } from "../../shell/data/parquet.ts";
import { Cancelled, DataError } from "../../shell/errors.ts";
import { rejects } from "../data/fixtures.ts";
import { BYTES, bytesOf, numbered, PATH, quick, readFile, SIZE } from "./fetching.ts";
import { type Seen, TestHub, TOKEN } from "./server.ts";

const test = suite("requests to the Hub");

let hub: TestHub;
test.before(async () => {
  hub = await TestHub.start([
    { id: "a/file", converted: [{ path: PATH, bytes: BYTES }] },
    { id: "a/gated", gated: true, converted: [{ path: PATH, bytes: BYTES }] },
    { id: "a/junk", converted: [{ path: PATH, bytes: new Uint8Array(5000).fill(7) }] },
  ]);
});
test.before.each(() => hub.reset());
test.after(() => hub.stop());

const source = (more: Parameters<typeof openHub>[1] = {}, internals: HubInternals = quick()) =>
  openHub("a/file", { endpoint: hub.endpoint, cache: false, ...more }, internals);
const open = async (more: Parameters<typeof source>[0] = {}, internals?: HubInternals) =>
  await (await source(more, internals)).files[0].open();

const onCdn = ({ at }: Seen) => at === "cdn";
/** Lets the first `n` requests for bytes fail. */
function failing(n: number, fault: ReturnType<TestHub["fault"]>): void {
  hub.fault = (seen) => onCdn(seen) && hub.fetched.length <= n ? fault : undefined;
}

test("the token goes to the Hub and never to the CDN", async () => {
  const gated = await openHub(
    "a/gated",
    { endpoint: hub.endpoint, token: TOKEN, cache: false },
    quick(),
  );
  assert.equal(await readFile(gated, PATH), BYTES);
  assert.ok(hub.fetched.length > 0);
  for (const { at, authorization, path } of hub.seen) {
    assert.is(authorization, at === "hub" ? `Bearer ${TOKEN}` : undefined, path);
    assert.not.match(path, TOKEN);
  }
  // Nor to an address that is not the Hub's, wherever the Hub sends us.
  hub.reset();
  hub.fault = ({ path }) =>
    path.startsWith("/parquet")
      ? { status: 302, headers: { Location: `${hub.cdn}/parquet?dataset=a/gated` } }
      : undefined;
  await openHub("a/gated", { endpoint: hub.endpoint, token: TOKEN, cache: false }, quick()).catch(
    () => {},
  );
  assert.ok(hub.fetched.length > 0);
  assert.ok(hub.fetched.every(({ authorization }) => authorization === undefined));
});

test("no message repeats the token", async () => {
  for (const status of [400, 401, 403, 404, 416, 418, 429, 500, 501, 503]) {
    for (const at of ["hub", "cdn"]) {
      hub.reset();
      hub.fault = (seen) => seen.at === at ? { status } : undefined;
      const error = await open({ token: TOKEN }).then((file) => file.slice(0)).catch((e) => e);
      assert.instance(error, DataError, `${status} ${at}: ${error}`);
      assert.not.match(`${error.message} ${error.stack} ${JSON.stringify(error)}`, TOKEN);
      assert.not.match(error.message, /\n|undefined/, `${status} ${at}`);
    }
  }
});

test("every request goes to the endpoint, the conversion's unless it has a server of its own", async () => {
  const other = await TestHub.start([{ id: "a/file", converted: [{ path: PATH, bytes: BYTES }] }]);
  await open({ server: other.endpoint, token: TOKEN });
  assert.equal(other.seen.map(({ path }) => path), ["/parquet?dataset=a%2Ffile"]);
  assert.is(other.seen[0].authorization, `Bearer ${TOKEN}`);
  assert.ok(hub.seen.every(({ path }) => !path.startsWith("/parquet")));
  await other.stop();
});

test("a connection cut in mid-body goes on where it broke", async () => {
  failing(3, { cut: 400_000 });
  const internals = quick();
  assert.equal(await bytesOf(await open({}, internals)), BYTES);
  const begins = hub.fetched.map(({ range }) => Number(/=(\d+)/.exec(range ?? "=0")![1]));
  assert.is(begins.length, 4);
  assert.ok(begins.every((at, i) => i === 0 || at > begins[i - 1]), begins.join());
  assert.equal(internals.clock.waits.length, 3);
});

test("a connection that falls silent counts as broken", async () => {
  failing(1, { silent: 400_000 });
  assert.equal(await bytesOf(await open({}, quick({ silence: 400 }))), BYTES);
  assert.ok(hub.fetched.length > 1);
});

test("a slow answer is waited for", async () => {
  hub.fault = () => ({ delay: 150 });
  const internals = quick({ silence: 5000 });
  assert.equal(await bytesOf(await open({}, internals)), BYTES);
  assert.equal(internals.clock.waits, []);
});

test("a connection that breaks again and again: one sentence", async () => {
  hub.fault = (seen) => onCdn(seen) ? { cut: 1000 } : undefined;
  const file = await open();
  await rejects(
    () => file.slice(0),
    /^cannot reach .* \(the connection broke\): check the network/,
  );
  assert.is(hub.fetched.length, 5);
});

test("tries again after 429 and 5xx: longer each time, as long as it is asked to", async () => {
  const cases: [Record<string, string>, number[]][] = [
    [{}, [375, 750]],
    [{ "Retry-After": "7" }, [7000, 7000]],
    [{ RateLimit: '"api";r=0;t=55' }, [55_000, 55_000]],
    [{ RateLimit: '"api";r=12;t=55' }, [375, 750]],
    [{ RateLimit: '"pages";r=3;t=9, "api";r=0;t=2' }, [2000, 2000]],
  ];
  for (const status of [429, 500, 502, 503, 504]) {
    for (const [headers, waits] of cases) {
      hub.reset();
      hub.fault = (seen) =>
        seen.at === "hub" && hub.seen.length <= 2 ? { status, headers } : undefined;
      const internals = quick();
      await open({}, internals);
      assert.equal(internals.clock.waits, waits, `${status} ${JSON.stringify(headers)}`);
    }
  }
  hub.fault = () => ({
    status: 429,
    headers: { "Retry-After": new Date(Date.now() + 9000).toUTCString() },
  });
  const internals = quick();
  await rejects(
    () => open({}, internals),
    /has had too many requests: try again .* or set HF_TOKEN/,
  );
  // Fractions of what is left, because a date is of the real time.
  const waits = internals.clock.waits.filter((ms) => ms > 100);
  assert.is(waits.length, 4);
  assert.ok(waits.every((ms) => ms > 1000 && ms <= 9000), waits.join());
  hub.fault = () => ({ status: 429, headers: { "Retry-After": "3600" } });
  await rejects(() => open(), /asks to wait for 60 minutes: try again then, or set HF_TOKEN/);
});

test("a person is told when the Hub asks to wait for long", async () => {
  hub.fault = () =>
    hub.seen.length === 1 ? { status: 429, headers: { RateLimit: '"api";r=0;t=55' } } : undefined;
  const notes: string[] = [];
  await open({ onNote: (note) => notes.push(note) });
  assert.equal(notes, [`${hub.endpoint} asks to wait for 55 s`]);
});

test("no request is left to us: the next one waits", async () => {
  const headers = { RateLimit: '"resolvers";r=0;t=4' };
  hub.fault = ({ path }) => /resolve/.test(path) ? { headers } : undefined;
  const internals = quick({ part: 1 << 20 });
  const file = await open({}, internals);
  await file.slice(SIZE - 4);
  assert.equal(internals.clock.waits, []);
  await file.slice(0, 4);
  assert.equal(internals.clock.waits, [4000]);
});

test("a server that refuses ranges, or overlooks them", async () => {
  for (const fault of [{ whole: true }, { status: 416 }]) {
    hub.reset();
    hub.fault = (seen) =>
      onCdn(seen) && ("whole" in fault || seen.range !== undefined) ? fault : undefined;
    const file = await open({}, quick({ part: 1 << 20 }));
    assert.equal(new Uint8Array(await file.slice(-8)), BYTES.slice(-8));
    assert.equal(await bytesOf(file), BYTES);
  }
});

test("a file that changes while it is read", async () => {
  const part = 1 << 20;
  hub.fault = (seen) => onCdn(seen) && hub.fetched.length > 1 ? { etag: "other" } : undefined;
  const changing = await open({}, quick({ part }));
  await changing.slice(-8);
  await rejects(
    () => changing.slice(0),
    /^a\/file\/default\/train\/0000\.parquet changed on the Hub/,
  );
  hub.fault = (seen) => onCdn(seen) ? { body: numbered(SIZE + 1) } : undefined;
  const longer = await open();
  await rejects(() => longer.slice(0, 8), /changed on the Hub while it was read: run again$/);
});

test("bytes that are no Parquet file", async () => {
  const junk = await openHub("a/junk", { endpoint: hub.endpoint, cache: false }, quick());
  await rejects(
    () => readDataset(junk),
    /a\/junk\/default\/train\/0000\.parquet is not a Parquet file/,
  );
});

test("a file that is gone, or closed", async () => {
  hub.fault = ({ path }) => /resolve/.test(path) ? { status: 404 } : undefined;
  await rejects(
    async () => (await open()).slice(0),
    /the Hub does not give a\/file.*\(status 404\)/,
  );
  hub.fault = ({ path }) => /resolve/.test(path) ? { status: 403 } : undefined;
  await rejects(
    async () => (await open()).slice(0),
    /does not let you read .*: ask for access at http.*\/datasets\/a\/file, and/,
  );
});

test("an AbortSignal stops it: listing, waiting, fetching", async () => {
  const stops = async (work: (signal: AbortSignal, stop: () => void) => Promise<unknown>) => {
    const controller = new AbortController();
    const error: Error = await work(controller.signal, () => controller.abort())
      .then(() => new Error("it ended"), (error) => error);
    assert.instance(error, Cancelled, `${error}`);
    assert.match(error.message, "fetching a/file was stopped");
  };
  await stops((signal, stop) => (stop(), open({ signal })));
  await stops((signal, stop) => {
    hub.fault = () => ({ delay: 10_000 });
    setTimeout(stop, 50);
    return open({ signal });
  });
  hub.reset();
  await stops((signal, stop) => {
    hub.fault = () => ({ status: 503 });
    setTimeout(stop, 100);
    // With the real clock.
    return openHub("a/file", { endpoint: hub.endpoint, cache: false, signal }, {});
  });
  hub.reset();
  await stops(async (signal, stop) => {
    hub.fault = (seen) => onCdn(seen) ? { silent: 400_000 } : undefined;
    const stopping = await source({ signal });
    setTimeout(stop, 100);
    await readDataset(stopping);
  });
});

test.run();
