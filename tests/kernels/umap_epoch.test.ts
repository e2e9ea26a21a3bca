import { umapEpoch } from "../../shell/kernels/umap_epoch.ts";
import { kernelTest, randoms } from "../harness.ts";
import { square } from "./clustering.ts";

const GOLDEN = 0x9e3779b9;
const times = (a: number, b: number) => Math.imul(a, b) >>> 0;

function mix(x: number): number {
  x = times(x ^ (x >>> 16), 0x7feb352d);
  x = times(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Sizes, all of which may be changed by a case. */
const PARAMS = {
  ...{ epoch: 7, key: 0x9abcdef1, negatives: 5 },
  ...{ a: 1.577, b: 0.8951, gamma: 1, pull: 2, damping: 0.25, alpha: 0.8 },
};

/** Point i has i % 9 edges, some of them always due, some seldom; point 4 has many. */
function graph(m: number, n: number) {
  const lengths = Array.from({ length: m }, (_, i) => i === 4 ? 203 : i % 9);
  const start = new Uint32Array(m + 1);
  lengths.forEach((length, i) => start[i + 1] = start[i] + length);
  const edges = Math.max(1, start[m]);
  const words = randoms(edges, 3, 0, 1);
  return {
    start,
    edge: Uint32Array.from({ length: edges }, (_, e) => (e * 7 + 3) % n),
    rate: Uint32Array.from(words, (v, e) => e % 3 ? Math.floor(v * 2 ** 32) : 2 ** 32 - 1),
  };
}

function sized(m: number, n: number, dim: number, more: Partial<typeof PARAMS> = {}, scale = 8) {
  const { start, edge, rate } = graph(m, n);
  const y = randoms(m * dim, 1, -scale, scale);
  const z = m === n ? y : randoms(n * dim, 2, -scale, scale);
  return {
    name: `${m} of ${n} points, ${dim} dimensions ${JSON.stringify(more).replaceAll('"', "")}`,
    params: { m, n, dim, edges: edge.length, ...PARAMS, ...more },
    buffers: { y, z, start, edge, rate, moved: m * dim },
  };
}

kernelTest(umapEpoch, {
  cases: [
    ...[[1, 1, 2], [2, 3, 2], [63, 63, 2], [65, 40, 2], [300, 300, 2], [130, 130, 3]],
    ...[[64, 64, 1], [64, 100, 4], [70, 70, 5], [40, 40, 10]],
  ].map(([m, n, dim]) => sized(m, n, dim)).concat([
    sized(90, 90, 2, { epoch: 0 }),
    sized(90, 90, 2, { epoch: 499, key: 5, alpha: 0 }),
    sized(90, 90, 2, { negatives: 0, pull: 1 }),
    sized(90, 90, 3, { negatives: 3, gamma: 0.5, a: 5.07, b: 1.003, damping: 1 }),
    // So close that pushes are clipped; all at one place; far apart.
    sized(90, 90, 2, {}, 0.01),
    sized(90, 90, 6, {}, 0.01),
    sized(50, 50, 2, {}, 0),
    sized(50, 50, 2, { alpha: 0.1 }, 1e6),
  ]),
  reference({ y, z, start, edge, rate }, p) {
    const { m, n, dim, a, b } = p;
    const moved = new Float64Array(m * dim);
    for (let i = 0; i < m; i++) {
      const force = new Float64Array(dim);
      let weight = 0, count = 0;
      for (let e = start[i]; e < start[i + 1]; e++) {
        if ((times(rate[e], p.epoch) + times(e, GOLDEN)) % 2 ** 32 >= rate[e]) continue;
        count++;
        const d = Math.max(square(y, i, z, edge[e], dim), 1e-12);
        const c = 2 * p.pull * a * b * d ** (b - 1) / (1 + a * d ** b);
        weight += c;
        force.forEach((_, t) => force[t] += c * (z[edge[e] * dim + t] - y[i * dim + t]));
      }
      const hash = mix((i ^ p.key) >>> 0);
      for (let t = 0; t < count * p.negatives; t++) {
        const k = Math.floor(mix((hash + times(t, GOLDEN)) >>> 0) * n / 2 ** 32);
        const d = square(y, i, z, k, dim);
        const c = 2 * p.gamma * b / ((0.001 + d) * (1 + a * d ** b));
        force.forEach((_, t) => {
          force[t] += Math.max(-4, Math.min(4, c * (y[i * dim + t] - z[k * dim + t])));
        });
      }
      const step = p.alpha / (1 + p.damping * p.alpha * weight);
      force.forEach((f, t) => moved[i * dim + t] = y[i * dim + t] + step * f);
    }
    return { moved };
  },
  tolerance: { moved: { abs: 1e-4, rel: 1e-6 } },
});
