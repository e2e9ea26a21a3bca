import { NO_ROW } from "../../shell/kernels/radius_join.ts";
import { roots } from "../../shell/kernels/roots.ts";
import { kernelTest, LENGTHS, randoms } from "../harness.ts";

/** Every row is a root, a child of a lower row, or out of it. */
function forest(n: number, seed: number): Uint32Array {
  const draws = randoms(n, seed, 0, 1);
  const parent = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    const up = Math.min(i, Math.floor(draws[i] * 1.1 * i));
    parent[i] = parent[up] === NO_ROW || i % 17 === 3 ? NO_ROW : up;
    if (parent[i] === NO_ROW && i % 17 !== 3) parent[i] = i;
  }
  return parent;
}

kernelTest(roots, {
  cases: [
    ...LENGTHS.map((n) => ({ params: { n }, buffers: { parent: forest(n, n) } })),
    {
      name: "one long chain",
      params: { n: 3000 },
      buffers: { parent: Uint32Array.from({ length: 3000 }, (_, i) => Math.max(0, i - 1)) },
    },
    // Workers meet in each other's rows: of a few such runs one went wrong when they wrote there.
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((k) => ({
      name: `one very long chain, ${k}`,
      params: { n: 200_000 },
      buffers: { parent: Uint32Array.from({ length: 200_000 }, (_, i) => Math.max(0, i - 1)) },
    })),
  ],
  reference({ parent }, { n }) {
    const want = Uint32Array.from(parent);
    // A parent is lower than its child.
    for (let i = 0; i < n; i++) if (want[i] !== NO_ROW) want[i] = want[want[i]];
    return { parent: want };
  },
});
