import { suite } from "uvu";
import * as assert from "uvu/assert";
import { radiusOf } from "../../shell/cluster/radius.ts";
import { leafStarts, spatialOrder, treeOf } from "../../shell/cluster/spatial.ts";
import { NO_ROW, RADIUS_TASK, radiusJoin } from "../../shell/kernels/radius_join.ts";
import { roots } from "../../shell/kernels/roots.ts";
import { Graph } from "../../shell/plan/graph.ts";
import { compile } from "../../shell/plan/plan.ts";
import { data, state, type Tensor } from "../../shell/plan/tensor.ts";
import { devices, release, retain } from "../devices.ts";
import { kernelTest, randoms } from "../harness.ts";
import { integers } from "./clustering.ts";

interface Setting {
  readonly x: Float32Array;
  readonly low?: Float32Array;
  readonly dim: number;
  /** Square of the radius. */
  readonly square: number;
  readonly task: keyof typeof RADIUS_TASK;
  /** Blocks of the call; default all. */
  readonly first?: number;
  readonly count?: number;
  /** Which rows are members; default all. `reach` asks the others. */
  readonly member?: (row: number) => boolean;
}

/** Arguments as `shell/cluster/pairs.ts` makes them. */
function arguments_({ x, low, dim, square, task, first = 0, count, member }: Setting) {
  const n = x.length / dim;
  const rows = spatialOrder(x, n, dim);
  const own = task !== "reach";
  const { order, start, leaves, box } = treeOf(x, dim, rows.filter(member ?? (() => true)));
  const query = own ? order : rows.filter((row) => !member!(row));
  const block = own ? start : leafStarts(query.length);
  const blocks = block.length - 1;
  // What the members are to be asked for: small numbers and large ones, none of them in order.
  const asked = (row: number) => member!(row) ? (row * 7919) % 1009 : NO_ROW;
  return {
    params: {
      ...{ dim, members: order.length, queries: query.length, leaves, blocks, first },
      ...{ count: count ?? blocks, task: RADIUS_TASK[task], split: low ? 1 : 0, pack: 1 },
      ...radiusOf(square, dim, low ? 2 ** -23 : 0),
    },
    buffers: {
      ...{ x, low: low ?? x, query, block, order, start, box },
      value: Uint32Array.from({ length: n }, (_, row) => task === "reach" ? asked(row) : 0),
    },
  };
}

/** As float64 decides: in the order of the dimensions, all of them. */
function within(x: ArrayLike<number>, low: ArrayLike<number> | null, dim: number, square: number) {
  const at = (k: number) => x[k] + (low ? low[k] : 0);
  return (i: number, j: number) => {
    let sum = 0;
    for (let d = 0; d < dim; d++) {
      const difference = at(i * dim + d) - at(j * dim + d);
      sum += difference * difference;
    }
    return sum <= square;
  };
}

function squareOf(p: { readonly square_high: number; readonly square_low: number }): number {
  const words = new DataView(new ArrayBuffer(8));
  words.setUint32(0, p.square_high);
  words.setUint32(4, p.square_low);
  return words.getFloat64(0);
}

/** The square of one distance of x, as float64 computes it: a pair exactly at the radius. */
function squareBetween(x: Float32Array, dim: number, i: number, j: number): number {
  let sum = 0;
  for (let d = 0; d < dim; d++) sum += (x[i * dim + d] - x[j * dim + d]) ** 2;
  return sum;
}

/** Places in the unit square that float32 does not tell from their neighbours. */
const fine = (n: number, dim: number) => ({
  x: randoms(n * dim, 4, 0.5, 0.5 + 2 ** -12),
  low: randoms(n * dim, 5, -(2 ** -26), 2 ** -26),
});

const SIZES = [1, 2, 7, 8, 9, 16, 31, 32, 33, 63, 65, 100, 257];
const some = (row: number) => row % 3 !== 1;
const random = (n: number, dim: number, square: number) => ({
  x: randoms(n * dim, n),
  dim,
  square,
});
const grid = (n: number, dim: number, square: number) => ({
  x: integers(n * dim, 6, 3),
  dim,
  square,
});
/** Every coordinate has digits of its own, and sums of their squares must be rounded. */
const exact = (dim: number, up: number) => {
  const x = randoms(120 * dim, 9, -3, 5);
  const square = squareBetween(x, dim, 5, 77);
  return { x, dim, square: square * (1 + up * 2 ** -52) };
};

kernelTest(radiusJoin, {
  cases: [
    ...SIZES.map((n) => arguments_({ ...random(n, 3, 0.3), task: "count" })),
    ...[1, 4, 5, 31, 32, 33, 70].map((dim) =>
      arguments_({ ...random(90, dim, dim / 2), task: "count" })
    ),
    ...[1, 2, 3, 5, 8, 13].map((square) => ({
      name: `many pairs exactly at the radius, square ${square}`,
      ...arguments_({ ...grid(150, 2, square), task: "count" }),
    })),
    ...[2, 5, 33].flatMap((dim) =>
      [-1, 0, 1].map((up) => ({
        name: `one pair at the radius, ${up} units in the last place, dim ${dim}`,
        ...arguments_({ ...exact(dim, up), task: "count" }),
      }))
    ),
    ...[1e-24, 1e-6, 1e6, 1e24].map((scale) => ({
      name: `points times ${scale}`,
      ...arguments_({
        x: integers(200, 5, 6).map((v) => v * scale ** 0.5),
        dim: 2,
        square: scale,
        task: "count",
      }),
    })),
    {
      name: "all points the same",
      ...arguments_({ x: new Float32Array(300).fill(0.1), dim: 3, square: 1e-9, task: "count" }),
    },
    {
      name: "far from the origin",
      ...arguments_({
        x: integers(200, 9, 6).map((v) => v + 1e6),
        dim: 2,
        square: 2,
        task: "count",
      }),
    },
    { name: "low parts", ...arguments_({ ...fine(80, 3), dim: 3, square: 1e-8, task: "count" }) },
    {
      name: "members only",
      ...arguments_({ ...random(300, 3, 0.3), task: "count", member: some }),
    },
    ...SIZES.slice(1).map((n) => arguments_({ ...random(n, 2, 0.2), task: "reach", member: some })),
    ...[0, 3, 7].map((first) =>
      arguments_({ ...random(500, 2, 0.02), task: "reach", member: some, first, count: 3 })
    ),
    {
      name: "queries at the radius",
      ...arguments_({ ...grid(150, 3, 2), task: "reach", member: some }),
    },
  ],
  reference({ x, low, query, block, order, value }, p) {
    const near = within(x, p.split ? low : null, p.dim, squareOf(p));
    const want = Uint32Array.from(value);
    const from = block[p.first], to = block[Math.min(p.blocks, p.first + p.count)];
    for (let q = from; q < to; q++) {
      for (const j of order) {
        if (!near(query[q], j)) continue;
        if (p.task === RADIUS_TASK.count) want[query[q]]++;
        else want[query[q]] = Math.min(want[query[q]], value[j]);
      }
    }
    return { value: want };
  },
});

/** The lowest row of each row's component, by going from neighbour to neighbour. */
function components(setting: Omit<Setting, "task">): Uint32Array {
  const { x, low, dim, square, member } = setting;
  const n = x.length / dim, near = within(x, low ?? null, dim, square);
  const rows = Array.from({ length: n }, (_, i) => i).filter(member ?? (() => true));
  const lowest = new Uint32Array(n).fill(NO_ROW);
  for (const seed of rows) {
    if (lowest[seed] !== NO_ROW) continue;
    const found = [seed];
    lowest[seed] = seed;
    for (const i of found) {
      for (const j of rows) {
        if (lowest[j] !== NO_ROW || !near(i, j)) continue;
        lowest[j] = seed;
        found.push(j);
      }
    }
  }
  return lowest;
}

/** Points one after the other along a line, their numbers in disorder. */
function chain(n: number): Float32Array {
  const x = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) x[2 * ((i * 367) % n)] = i;
  return x;
}

const LINKS: Record<string, Omit<Setting, "task">> = {
  "one point": random(1, 2, 1),
  "some components": random(400, 2, 0.008),
  "one component": random(400, 3, 1),
  "no pair": random(200, 3, 1e-8),
  "a grid": grid(120, 3, 1),
  "a chain": { x: chain(1000), dim: 2, square: 1 },
  "a chain that is cut": { x: chain(1000), dim: 2, square: 1, member: (row) => row % 50 !== 7 },
  "low parts": { ...fine(80, 3), dim: 3, square: 2e-10 },
};

const test = suite("radius_join and roots");
retain();

for (const device of devices()) {
  for (const [name, setting] of Object.entries(LINKS)) {
    for (const count of [undefined, 3]) {
      test(`${device.name} ${name}${count ? ", in parts" : ""}`, async () => {
        const runner = await device.open();
        const { params, buffers } = arguments_({ ...setting, task: "link" });
        const n = buffers.value.length;
        const tensors = Object.fromEntries(
          Object.entries(buffers).map(([key, values]) => {
            const tensor = (key === "value" ? state : data)(
              key,
              [values.length],
              values instanceof Float32Array ? "f32" : "u32",
            );
            return [key, tensor];
          }),
        ) as Record<keyof typeof buffers, Tensor>;
        const g = new Graph("components");
        g.call(radiusJoin, tensors, {
          ...params,
          first: g.scalar("first", "u32"),
          pack: g.scalar("pack", "u32"),
          count: count ?? params.count,
        });
        g.call(roots, { parent: tensors.value }, { n });
        const plan = compile(g);
        await runner.load(plan);
        for (const [key, values] of Object.entries(buffers)) {
          if (key !== "value") runner.write(tensors[key as keyof typeof buffers], values);
        }
        const parents = new Uint32Array(n).fill(NO_ROW);
        for (const row of buffers.order) parents[row] = row;
        runner.write(tensors.value, parents);
        const steps = [];
        for (let first = 0; first < params.blocks; first += count ?? params.blocks) {
          steps.push({ first, pack: first === 0 ? 1 : 0 });
        }
        runner.run(plan, steps);
        const got = await runner.read(tensors.value);
        runner.unload(plan);
        runner.free(...Object.values(tensors));
        assert.equal(Array.from(got), Array.from(components(setting)));
      });
    }
  }
}

test.after(release);
test.run();
