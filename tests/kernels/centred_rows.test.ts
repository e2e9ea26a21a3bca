import { centredRows } from "../../shell/kernels/centred_rows.ts";
import { kernelTest, LENGTHS, randoms } from "../harness.ts";

/** Rows of x, rows of y, dimensions, first. */
const SHAPES = [
  [1, 1, 1, 0],
  [3, 2, 2, 1],
  [5, 5, 3, 0],
  // The tile goes on past the end of x, or begins there.
  [5, 5, 4, 3],
  [7, 9, 5, 6],
  [4, 3, 7, 4],
  [70, 65, 10, 5],
  [30, 20, 63, 7],
  [30, 20, 64, 7],
  [30, 20, 65, 7],
  [9, 6, 784, 2],
];

const arguments_ = (rows: number, m: number, dim: number, first: number, origin = 0) => ({
  params: { rows, m, dim, first },
  buffers: {
    x: randoms(rows * dim, 3, origin - 1, origin + 1),
    centre: randoms(dim, 4, origin - 1, origin + 1),
    y: m * dim,
    square: m,
  },
});

kernelTest(centredRows, {
  cases: [
    ...SHAPES.map(([rows, m, dim, first]) => arguments_(rows, m, dim, first)),
    ...LENGTHS.slice(0, -1).map((dim) => arguments_(2, 2, dim, 1)),
    { name: "far from the origin", ...arguments_(20, 18, 11, 1, 4096) },
    {
      name: "NaN and infinity",
      params: { rows: 3, m: 3, dim: 2, first: 0 },
      buffers: {
        x: Float32Array.of(1, NaN, Infinity, 2, 3, 4),
        centre: Float32Array.of(1, 1),
        y: 6,
        square: 3,
      },
    },
  ],
  reference({ x, centre }, { rows, m, dim, first }) {
    const y = Array.from(
      { length: m * dim },
      (_, at) => first + Math.floor(at / dim) < rows ? x[first * dim + at] - centre[at % dim] : 0,
    );
    const row = (i: number) => y.slice(i * dim, (i + 1) * dim);
    const square = Array.from({ length: m }, (_, i) => row(i).reduce((s, v) => s + v * v, 0));
    return { y, square };
  },
  tolerance: { y: { rel: 1e-7 }, square: { rel: 2e-6 } },
});
