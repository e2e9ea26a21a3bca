import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Device } from "../../shell/device/device.ts";
import { Cancelled } from "../../shell/errors.ts";
import { nearestNeighbours, type NeighbourOptions } from "../../shell/neighbours/neighbours.ts";
import { data, type Tensor } from "../../shell/plan/tensor.ts";
import { devices, release, retain } from "../devices.ts";
import golden from "../golden/neighbours.json" with { type: "json" };
import { near, randoms } from "../harness.ts";
import { groups, integers, square } from "../kernels/clustering.ts";

const test = suite("nearest neighbours");
retain();

type Options = Omit<NeighbourOptions, "queries"> & {
  readonly queries?: Float32Array | { readonly from: number; readonly to: number };
};

/** Neighbours among rows of `dim` numbers; nothing stays on the device. */
async function search(device: Device, x: Float32Array, dim: number, options: Options) {
  const tensors: Tensor[] = [];
  const place = (values: Float32Array) => {
    const tensor = data("points", [values.length / dim, dim]);
    device.write(tensor, values);
    tensors.push(tensor);
    return tensor;
  };
  const { queries } = options;
  try {
    return await nearestNeighbours(device, place(x), {
      ...options,
      queries: queries instanceof Float32Array ? place(queries) : queries,
    });
  } finally {
    device.free(...tensors);
  }
}

/** The same from all float64 distances. */
function reference(x: Float32Array, dim: number, { k, queries }: Options) {
  const n = x.length / dim;
  const own = !(queries instanceof Float32Array);
  const { from, to } = own ? queries ?? { from: 0, to: n } : { from: 0, to: queries.length / dim };
  const lists = Array.from({ length: to - from }, (_, i) =>
    Array.from(
      { length: n },
      (_, j) => ({ j, s: square(own ? x : queries, from + i, x, j, dim) }),
    ).filter(({ j }) => !own || j !== from + i)
      .sort((a, b) => a.s - b.s || a.j - b.j).slice(0, k)).flat();
  return { indices: lists.map(({ j }) => j), distances: lists.map(({ s }) => Math.sqrt(s)) };
}

/** Points in tight groups a thousand times as far apart as they are wide. */
const tight = (n: number, dim: number) => {
  const spread = randoms(n * dim, 9, -0.25, 0.25);
  return groups(n, dim, 5).map((v, at) => 512 * Math.round(v / 8) + spread[at]);
};

/** Points, dimensions, options; what is on a grid has many equal distances. */
const CASES: Record<string, readonly [Float32Array, number, Options]> = {
  "two points": [Float32Array.of(1, 2, 4, 6), 2, { k: 1 }],
  "one dimension": [randoms(61, 1), 1, { k: 4 }],
  "random, k 1": [randoms(333 * 7, 1), 7, { k: 1 }],
  "random": [randoms(1201 * 5, 2), 5, { k: 10 }],
  "many dimensions": [randoms(90 * 784, 3), 784, { k: 12 }],
  "all others": [randoms(33 * 3, 4), 3, { k: 32 }],
  "long lists": [randoms(500 * 4, 4), 4, { k: 256 }],
  "longer lists": [randoms(640 * 3, 4), 3, { k: 600 }],
  "groups": [groups(700, 6, 9), 6, { k: 15 }],
  "far from the origin": [groups(300, 3, 4, 4096), 3, { k: 8 }],
  "tight groups": [tight(400, 6), 6, { k: 8 }],
  "a grid": [integers(500 * 2, 9, 5), 2, { k: 11 }],
  "all at one place": [new Float32Array(150 * 3).fill(7), 3, { k: 5 }],
  "more tiles than one": [randoms(2100 * 2, 6), 2, { k: 3 }],
  "other tiles, many dimensions": [randoms(1500 * 30, 6), 30, { k: 7 }],
  "rows of the points": [randoms(300 * 4, 7), 4, { k: 6, queries: { from: 101, to: 166 } }],
  "other points": [randoms(200 * 4, 7), 4, { k: 6, queries: randoms(70 * 4, 8) }],
  "the points as queries": [integers(60 * 2, 5, 5), 2, { k: 60, queries: integers(120, 5, 5) }],
};

const x = Float32Array.from(golden.x.data), dim = golden.x.shape[1];
const wanted = new Map<string, ReturnType<typeof reference>>();
const first = new Map<string, { indices: Uint32Array; distances: Float32Array }>();

for (const { name: machine, family, open } of devices()) {
  const on = (name: string, run: (device: Device) => Promise<void>) =>
    test(`${machine} ${name}`, async () => await run(await open()));

  for (const [name, [points, width, options]] of Object.entries(CASES)) {
    on(name, async (device) => {
      const { indices, distances } = await search(device, points, width, options);
      const want = wanted.get(name) ?? reference(points, width, options);
      wanted.set(name, want);
      near(distances, want.distances, { rel: 3e-6 }, "distances");
      // Where float32 makes other ties than float64, another index is as good.
      const rows = distances.length / options.k;
      const other = indices.reduce((sum, j, at) => sum + (j === want.indices[at] ? 0 : 1), 0);
      assert.ok(other <= rows * options.k / 2000, `${other} indices differ`);
      if (!family.startsWith("wasm")) return;
      const before = first.get(family + name);
      if (!before) first.set(family + name, { indices, distances });
      else assert.equal({ indices, distances }, before, "other bits with another worker count");
    });
  }

  on("equals scikit-learn", async (device) => {
    const { of_points, of_queries } = golden;
    const own = await search(device, x, dim, { k: of_points.k });
    assert.equal(Array.from(own.indices), of_points.indices.data);
    near(own.distances, of_points.distances.data, { rel: 1e-6 }, "distances");
    const queries = Float32Array.from(golden.queries.data);
    const other = await search(device, x, dim, { k: of_queries.k, queries });
    assert.equal(Array.from(other.indices), of_queries.indices.data);
    near(other.distances, of_queries.distances.data, { rel: 1e-6 }, "distances of queries");
  });

  on("refuses what has no answer", async (device) => {
    const fails = async (options: Options, pattern: RegExp, points = randoms(12, 1)) => {
      try {
        await search(device, points, 3, options);
      } catch (error) {
        assert.ok(error instanceof RangeError || error instanceof TypeError, `${error}`);
        return assert.match(error.message, pattern);
      }
      assert.unreachable(`${pattern}`);
    };
    await fails({ k: 0 }, /k must be an integer from 1 to 1024, got 0/);
    await fails({ k: 1025 }, /from 1 to 1024, got 1025/);
    await fails({ k: 4 }, /4 neighbours need at least 5 points, got 4/);
    await fails({ k: 5, queries: randoms(3, 2) }, /at least 5 points, got 4/);
    await fails({ k: 1, queries: { from: 3, to: 5 } }, /rows from 0 to 4 .* got 3 to 5/);
    const bad = randoms(12, 1);
    bad[7] = NaN;
    await fails({ k: 1 }, /neighbours: .* finite, got .* row 2, column 1/, bad);
    await fails({ k: 1, queries: bad }, /neighbours: queries: .* row 2, column 1/);
    const points = data("points", [4, 3]), queries = data("queries", [2, 2]);
    try {
      await nearestNeighbours(device, points, { k: 1, queries });
      assert.unreachable();
    } catch (error) {
      assert.match((error as Error).message, /queries must be an f32 tensor \[m, 3\]/);
    }
  });

  on("tells how far it is and stops on request", async (device) => {
    const told: number[][] = [];
    const onProgress = (...both: number[]) => void told.push(both);
    await search(device, randoms(2100 * 2, 1), 2, { k: 2, onProgress });
    // The second tile of queries finds two of three tiles of points done both ways by the first.
    assert.equal(told.at(-1), [4, 4]);
    assert.ok(told.every(([done], i) => done > (told[i - 1]?.[0] ?? 0)));
    const stop = new AbortController();
    stop.abort();
    try {
      await search(device, randoms(20, 1), 2, { k: 2, signal: stop.signal });
      assert.unreachable();
    } catch (error) {
      assert.instance(error, Cancelled);
    }
  });
}

test.after(release);
test.run();
