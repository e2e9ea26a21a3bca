import { sparseDense } from "../../shell/kernels/sparse_dense.ts";
import { kernelTest, randoms } from "../harness.ts";

/** Rows of the sparse matrix, rows and columns of the dense one, entries of a row at most. */
const SHAPES = [
  [1, 1, 4, 1],
  [5, 3, 8, 4],
  [15, 9, 16, 12],
  [16, 40, 20, 30],
  [17, 40, 60, 30],
  [65, 200, 36, 100],
  [900, 300, 112, 20],
];

function arguments_(m: number, rows: number, dim: number, most: number, name = "") {
  const pick = randoms(m, 5, 0, 1);
  const start = new Uint32Array(m + 1);
  // Some rows are empty.
  for (let i = 0; i < m; i++) start[i + 1] = start[i] + Math.round(pick[i] * most);
  const entries = Math.max(1, start[m]);
  return {
    name: `${m} x ${rows} x ${dim}, up to ${most} entries a row${name}`,
    params: { m, dim },
    buffers: {
      start,
      column: Uint32Array.from(randoms(entries, 7, 0, 1), (v) => Math.floor(v * rows)),
      value: randoms(entries, 6, -1, 1),
      x: randoms(rows * dim, 8, -2, 2),
      y: m * dim,
    },
  };
}

/** Numbers that are not finite reach the rows whose entries meet them, and no others. */
function nonfinite() {
  const one = arguments_(20, 10, 12, 6, ", NaN");
  one.buffers.x[3 * 12 + 5] = NaN;
  one.buffers.value[0] = Infinity;
  return one;
}

kernelTest(sparseDense, {
  cases: [...SHAPES.map(([m, rows, dim, most]) => arguments_(m, rows, dim, most)), nonfinite()],
  reference({ start, column, value, x }, { m, dim }) {
    const y = new Float64Array(m * dim);
    for (let i = 0; i < m; i++) {
      for (let t = start[i]; t < start[i + 1]; t++) {
        for (let c = 0; c < dim; c++) y[i * dim + c] += value[t] * x[column[t] * dim + c];
      }
    }
    return { y };
  },
  tolerance: { y: { abs: 2e-5, rel: 1e-5 } },
});
