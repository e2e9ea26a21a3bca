import { findNonfinite } from "../../shell/kernels/find_nonfinite.ts";
import { kernelTest, randoms } from "../harness.ts";

const BLOCK = 16_384;

/** Numbers of which those at `at` are not finite. */
function one(n: number, at: readonly number[]) {
  const x = randoms(n, 1, -3e38, 3e38);
  x.forEach((_, i) => i % 7 === 0 && (x[i] = [0, -0, 1e-45, -3.4028234663852886e38][i % 4]));
  at.forEach((i, t) => x[i] = [NaN, Infinity, -Infinity][t % 3]);
  return {
    name: `${n} numbers, not finite: ${at.join(" ") || "none"}`,
    params: { n },
    buffers: { x, first: Math.ceil(n / BLOCK) },
  };
}

kernelTest(findNonfinite, {
  cases: [
    one(1, []),
    one(1, [0]),
    one(15, [14]),
    one(17, []),
    one(17, [16, 3]),
    one(BLOCK, [BLOCK - 1]),
    one(BLOCK + 1, [BLOCK]),
    one(100_003, [40_000, 40_001, 39_999, 90_000]),
  ],
  reference: ({ x }, { n }) => ({
    first: Array.from({ length: Math.ceil(n / BLOCK) }, (_, b) => {
      const at = x.subarray(b * BLOCK, (b + 1) * BLOCK).findIndex((v) => !Number.isFinite(v));
      return at < 0 ? 2 ** 32 - 1 : b * BLOCK + at;
    }),
  }),
});
