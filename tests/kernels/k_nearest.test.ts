import { kNearest, NO_POINT } from "../../shell/kernels/k_nearest.ts";
import { kernelTest, randoms } from "../harness.ts";
import { integers } from "./clustering.ts";

interface Sizes {
  readonly m: number;
  readonly w: number;
  readonly k: number;
  readonly n: number;
  readonly base: number;
  /** Rows of the lists, and the first of the tile; default m and 0. */
  readonly rows?: number;
  readonly first?: number;
}

/** Values that add up without rounding, many of them equal. */
const eighths = (n: number, seed: number) => integers(n, 40, seed).map((v) => v / 8);

const tile = ({ m, w }: Sizes) => eighths(m * w, 3);

/** Arguments with lists that are empty but for `held` places. */
function arguments_(sizes: Sizes, { scale = -2, held = 0, transposed = 0, d = tile(sizes) } = {}) {
  const { m, w, k, base } = sizes;
  const rows = sizes.rows ?? m, first = sizes.first ?? 0;
  const distances = new Float32Array(rows * k).fill(Infinity);
  const indices = new Uint32Array(rows * k).fill(NO_POINT);
  for (let i = 0; i < rows; i++) {
    const some = eighths(held, i).sort();
    for (let t = 0; t < held; t++) {
      distances[i * k + t] = some[t];
      // Points of earlier tiles.
      indices[i * k + t] = t;
    }
  }
  return {
    params: { ...sizes, rows, first, transposed, scale },
    buffers: {
      d,
      row: eighths(m, 4),
      column: eighths(w, 5),
      own: Uint32Array.from({ length: rows }, (_, i) => i % 3 ? base + i * 7 % w : NO_POINT),
      best_distance: distances,
      best_index: indices,
    },
  };
}

/** m, w, k, n, base. */
const SIZES = [
  [1, 1, 1, 1, 0],
  [1, 7, 1, 7, 0],
  [3, 8, 8, 8, 0],
  [5, 9, 9, 9, 0],
  [2, 3, 5, 3, 0],
  [63, 15, 4, 15, 0],
  [64, 16, 3, 100, 16],
  [65, 17, 10, 100, 50],
  // The tile is longer than what is left of the points.
  [7, 24, 5, 53, 40],
  [7, 24, 5, 41, 40],
  [7, 24, 5, 40, 40],
  [3, 24, 5, 40, 64],
  [9, 300, 256, 1000, 512],
  [18, 700, 600, 2000, 992],
  [33, 1023, 16, 5000, 2046],
];

kernelTest(kNearest, {
  cases: [
    ...[0, 1].flatMap((transposed) =>
      SIZES.map(([m, w, k, n, base]) => arguments_({ m, w, k, n, base }, { transposed }))
    ),
    ...[0, 1].flatMap((transposed) =>
      // Inside the lists, at their end, beyond.
      [0, 5, 30, 68, 69, 70, 80].map((first) =>
        arguments_({ m: 37, w: 21, k: 4, n: 60, base: 40, rows: 70, first }, { transposed })
      )
    ),
    ...[0, 1, 5, 12].map((held) => ({
      name: `lists that hold ${held}`,
      ...arguments_({ m: 66, w: 41, k: 12, n: 1000, base: 20 }, { held }),
    })),
    {
      name: "plain distances",
      ...arguments_({ m: 5, w: 33, k: 6, n: 33, base: 0 }, { scale: 1 }),
    },
    {
      name: "every distance the same",
      ...arguments_({ m: 5, w: 33, k: 6, n: 33, base: 0 }, { d: new Float32Array(165), scale: 1 }),
    },
    ...[0, 1].map((transposed) => ({
      name: `NaN and infinities${transposed ? ", transposed" : ""}`,
      ...arguments_({ m: 22, w: 22, k: 9, n: 22, base: 0 }, {
        scale: 1,
        transposed,
        d: randoms(484, 2).map((_, at) =>
          at % 22 === 5 || at >= 462 ? NaN : at % 3 ? Infinity : at % 5 ? at : -Infinity
        ),
      }),
    })),
  ],
  reference({ d, row, column, own, best_distance, best_index }, p) {
    const { m, w, k, n, base, rows, first, transposed, scale } = p;
    // Infinities have no difference.
    const less = (a: number, b: number) => a < b ? -1 : a > b ? 1 : 0;
    const lists = Array.from({ length: rows }, (_, r) => {
      const held = Array.from({ length: k }, (_, t) => ({
        s: best_distance[r * k + t],
        index: best_index[r * k + t],
      }));
      const i = r - first;
      if (i < 0 || i >= m) return held;
      const tile = Array.from({ length: w }, (_, j) => ({
        s: row[i] + column[j] + scale * d[transposed ? j * m + i : i * w + j],
        index: base + j,
      })).filter(({ s, index }) => index < n && index !== own[r] && !Number.isNaN(s));
      return [...held, ...tile]
        .sort((a, b) => less(a.s, b.s) || less(a.index, b.index)).slice(0, k);
    }).flat();
    return { best_distance: lists.map(({ s }) => s), best_index: lists.map(({ index }) => index) };
  },
});
