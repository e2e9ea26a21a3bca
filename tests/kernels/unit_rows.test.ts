import { suite } from "uvu";
import * as assert from "uvu/assert";
import { unitRows, unitRowsGrad } from "../../shell/kernels/unit_rows.ts";
import type { Device } from "../../shell/device/device.ts";
import { devices, release, retain } from "../devices.ts";
import { type List, rowOf, unitOf } from "../formulas.ts";
import { kernelTest, near, randoms, runCase } from "../harness.ts";
import { centralDifferences } from "../reference.ts";

/** Rows and numbers in each. */
const SHAPES = [[1, 1], [2, 3], [7, 4], [8, 5], [9, 10], [65, 17], [5, 300], [2051, 10]];

const EPSILON = 1e-12;

/** Rows of extremes: zeros, lengths about epsilon, squares that overflow or vanish, NaN. */
const EXTREMES = [
  [0, 0, 0, 0, 0],
  [3e-13, 4e-13, 0, 0, 0],
  [-1e-12, 2e-12, 0, 1e-12, 3e-12],
  [1e-15, 0, 0, -1, 0],
  [1e-30, 0, 0, 0, -1e-30],
  [0, -1e-45, 0, 0, 0],
  [1e19, -2e19, 1e18, 0, 5e18],
  [1e30, 2e30, -3e30, 1e20, 0],
  [3e38, 3e38, -3e38, 3e38, 3e38],
  [0, NaN, 1, 0, 0],
  [1e30, 0, 0, 0, NaN],
];

const cases = [
  ...SHAPES.map(([m, dim]) => ({
    params: { m, dim },
    // No row is so short that rounding shows: the first number is at least 1/2.
    buffers: { x: randoms(m * dim, 1).map((v, at) => at % dim ? v : v < 0 ? v - 0.5 : v + 0.5) },
  })),
  {
    name: "extremes",
    params: { m: EXTREMES.length, dim: 5 },
    buffers: { x: Float32Array.from(EXTREMES.flat()) },
  },
];

/** Length of each row. */
const lengthsOf = (x: List, dim: number) =>
  Array.from({ length: x.length / dim }, (_, i) => Math.hypot(...rowOf(x, i, dim)));

/** What the forward kernel leaves for the gradient. */
const factorsOf = (x: List, dim: number, epsilon: number) =>
  lengthsOf(x, dim).map((length) => length <= epsilon ? 0 : 1 / length);

/** The gradient by its formula. */
function gradientOf(y: List, dy: List, factor: List, dim: number): number[] {
  return Array.from(factor, (f, i) => {
    const [one, slope] = [rowOf(y, i, dim), rowOf(dy, i, dim)];
    const along = one.reduce((s, v, t) => s + v * slope[t], 0);
    return one.map((v, t) => f * (slope[t] - v * along));
  }).flat();
}

kernelTest(unitRows, {
  cases: [EPSILON, 0.75].flatMap((epsilon) =>
    cases.map(({ params, buffers: { x }, ...rest }) => ({
      ...rest,
      name: `${"name" in rest ? rest.name : `${params.m} x ${params.dim}`}, epsilon ${epsilon}`,
      params: { ...params, epsilon },
      buffers: { x, y: x.length, factor: params.m },
    }))
  ),
  reference({ x }, { dim, epsilon }) {
    const least = Math.fround(epsilon);
    return { y: unitOf(x, dim, least), factor: factorsOf(x, dim, least) };
  },
  // Numbers below 1.2e-38 may count as zero: some in x, and the factor of the largest row.
  tolerance: { y: { abs: 1e-25, rel: 1e-6 }, factor: { abs: 1.2e-38, rel: 1e-6 } },
});

kernelTest(unitRowsGrad, {
  cases: cases.map(({ params, buffers: { x }, ...rest }) => ({
    ...rest,
    params,
    buffers: {
      y: Float32Array.from(unitOf(x, params.dim)),
      dy: randoms(x.length, 4),
      factor: randoms(params.m, 5, 0, 3),
      dx: x.length,
    },
  })),
  reference: ({ y, dy, factor }, { dim }) => ({ dx: gradientOf(y, dy, factor, dim) }),
  tolerance: { dx: { abs: 3e-6, rel: 1e-6 } },
});

/** Both kernels, one after the other. */
async function both(device: Device, x: Float32Array, dy: Float32Array, dim: number) {
  const m = x.length / dim;
  const { y, factor } = await runCase(unitRows, device, {
    params: { m, dim, epsilon: EPSILON },
    buffers: { x, y: x.length, factor: m },
  }) as Record<string, Float32Array>;
  const { dx } = await runCase(unitRowsGrad, device, {
    params: { m, dim },
    buffers: { y, dy, factor, dx: x.length },
  });
  return { y, dx };
}

const test = suite("unit rows: gradient");
retain();
for (const device of devices()) {
  test(`${device.name} central differences`, async () => {
    for (const dim of [2, 5, 8]) {
      const x = randoms(8 * dim, 3).map((v) => 2 * v), dy = randoms(8 * dim, 4);
      const f = (values: List) => unitOf(values, dim).reduce((s, v, at) => s + v * dy[at], 0);
      const { dx } = await both(await device.open(), x, dy, dim);
      near(dx, centralDifferences(f, x), { abs: 2e-6, rel: 5e-6 }, `dx, dim ${dim}`);
    }
  });

  test(`${device.name} short rows get 0, long ones little, NaN spoils its row`, async () => {
    const dim = 5, x = Float32Array.from(EXTREMES.flat()), dy = randoms(x.length, 6);
    const { y, dx } = await both(await device.open(), x, dy, dim);
    EXTREMES.forEach((row, i) => {
      const length = Math.hypot(...row), slope = Math.hypot(...rowOf(dx, i, dim));
      const what = `row ${i}: length ${length}, slope ${slope}`;
      if (Number.isNaN(length)) return assert.ok(rowOf(dx, i, dim).every(Number.isNaN), what);
      if (length <= EPSILON) return assert.is(slope, 0, what);
      assert.ok(slope <= 3 / length + 1e-38, what);
      assert.ok(Math.abs(Math.hypot(...rowOf(y, i, dim)) - 1) < 1e-6, what);
    });
  });
}
test.after(release);
test.run();
