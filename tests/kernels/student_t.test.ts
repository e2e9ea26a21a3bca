import { suite } from "uvu";
import {
  studentT,
  studentTBlocks,
  studentTGrad,
  studentTGradMu,
  studentTGradZ,
} from "../../shell/kernels/student_t.ts";
import type { Device } from "../../shell/device/device.ts";
import { devices, release, retain } from "../devices.ts";
import { distancesOf, divergence, type List, rowOf, softAssignment } from "../formulas.ts";
import golden from "../golden/clustering_losses.json" with { type: "json" };
import { kernelTest, near, randoms, runCase } from "../harness.ts";
import { centralDifferences } from "../reference.ts";

/** Rows, centres, dimensions: vectors and workgroups with tails, many centres, many dimensions. */
const SHAPES = [
  [1, 1, 1],
  [2, 3, 2],
  [7, 4, 3],
  [8, 5, 4],
  [9, 10, 10],
  [33, 10, 15],
  [64, 7, 16],
  [65, 8, 17],
  [5, 301, 20],
  [6, 3, 300],
  [1025, 10, 10],
];
const ALPHAS = [1, 0.5, 9];

const shaped = SHAPES.flatMap(([m, k, dim]) =>
  ALPHAS.slice(0, m === 1025 ? 1 : 3).map((alpha) => ({
    params: { m, k, dim, alpha },
    buffers: { z: randoms(m * dim, 1, -3, 3), mu: randoms(k * dim, 2, -3, 3), q: m * k },
  }))
);

const own = randoms(40, 3, 900, 1000);
const extremes = [1, 2, 1e6].map((alpha) => ({
  name: `far, close and equal points, NaN, alpha ${alpha}`,
  params: { m: 8, k: 5, dim: 2, alpha },
  buffers: {
    z: Float32Array.of(1e15, 1e15, 0, 0, 900, 901, NaN, 0, 0, NaN, 1e-20, 0, -1e18, 1, 5, 5),
    mu: Float32Array.of(0, 0, 900, 901, 901, 900, -1e15, 3e15, 5, 5),
    q: 40,
  },
}));
const bad = {
  name: "NaN in a centre",
  params: { m: 3, k: 6, dim: 2, alpha: 1 },
  buffers: {
    z: randoms(6, 1),
    mu: randoms(12, 1).map((v, i) => i === 9 ? NaN : v),
    q: 18,
  },
};
const same = {
  name: "centres far from the origin, points on them",
  params: { m: 20, k: 20, dim: 2, alpha: 1 },
  buffers: { z: own, mu: own, q: 400 },
};

kernelTest(studentT, {
  cases: [...shaped, ...extremes, bad, same],
  reference: ({ z, mu }, { dim, alpha }) => ({ q: softAssignment(z, mu, dim, alpha) }),
  tolerance: { q: { abs: 1e-30, rel: 3e-5 } },
});

/** slope by its formula. */
function slopes(z: List, mu: List, q: List, goal: List, k: number, dim: number, alpha: number) {
  const d = distancesOf(z, mu, dim);
  return d.map((v, at) => {
    const sum = rowOf(goal, Math.floor(at / k), k).reduce((a, b) => a + b, 0);
    return (alpha + 1) * (goal[at] - q[at] * sum) / (alpha + v);
  });
}

kernelTest(studentTGrad, {
  cases: shaped.map(({ params, buffers }, i) => ({
    params: { ...params, of_q: i % 2, scale: -0.37 },
    buffers: {
      ...buffers,
      q: randoms(buffers.q, 5, 0, 1),
      goal: randoms(buffers.q, 6, 0, 1),
      slope: buffers.q,
    },
  })),
  reference({ z, mu, q, goal }, { k, dim, alpha, of_q, scale }) {
    const e = Array.from(goal, (v, at) => of_q ? v * q[at] : v);
    const all = slopes(z, mu, q, e, k, dim, alpha);
    return { slope: all.map((v) => Math.fround(scale) * v) };
  },
  tolerance: { slope: { abs: 2e-5, rel: 3e-5 } },
});

const pulls = SHAPES.map(([m, k, dim]) => ({
  params: { m, k, dim },
  buffers: {
    z: randoms(m * dim, 1, -3, 3),
    mu: randoms(k * dim, 2, -3, 3).map((v, i) => m === 7 && i === 3 ? NaN : v),
    slope: randoms(m * k, 3),
  },
}));

kernelTest(studentTGradZ, {
  cases: pulls.map((one) => ({
    ...one,
    buffers: { ...one.buffers, dz: one.params.m * one.params.dim },
  })),
  reference: ({ z, mu, slope }, { k, dim }) => ({
    dz: Array.from(z, (v, at) => {
      const i = Math.floor(at / dim), t = at % dim;
      return rowOf(slope, i, k).reduce((s, f, j) => s + f * (v - mu[j * dim + t]), 0);
    }),
  }),
  tolerance: { dz: { abs: 1e-4, rel: 1e-6 } },
});

kernelTest(studentTGradMu, {
  cases: pulls.map((one) => ({
    ...one,
    buffers: {
      ...one.buffers,
      partial: studentTBlocks(one.params.m) * one.params.k * one.params.dim,
    },
  })),
  reference: ({ z, mu, slope }, { m, k, dim }) => ({
    partial: Array.from({ length: studentTBlocks(m) * k * dim }, (_, at) => {
      const block = Math.floor(at / (k * dim)), j = Math.floor(at / dim) % k, t = at % dim;
      let sum = 0;
      for (let i = 32 * block; i < Math.min(m, 32 * block + 32); i++) {
        sum += slope[i * k + j] * (mu[j * dim + t] - z[i * dim + t]);
      }
      return sum;
    }),
  }),
  tolerance: { partial: { abs: 2e-5, rel: 1e-6 } },
});

/** q, and the gradients of a loss by z and mu, by the kernels; m must be at most 32. */
async function all(
  device: Device,
  z: Float32Array,
  mu: Float32Array,
  goal: Float32Array,
  { dim, alpha, of_q, scale }: { dim: number; alpha: number; of_q: number; scale: number },
) {
  const sizes = { m: z.length / dim, k: mu.length / dim, dim };
  const n = sizes.m * sizes.k;
  const { q } = await runCase(studentT, device, {
    params: { ...sizes, alpha },
    buffers: { z, mu, q: n },
  });
  const { slope } = await runCase(studentTGrad, device, {
    params: { ...sizes, alpha, of_q, scale },
    buffers: { z, mu, q, goal, slope: n },
  });
  const buffers = { z, mu, slope };
  const { dz } = await runCase(studentTGradZ, device, {
    params: sizes,
    buffers: { ...buffers, dz: z.length },
  });
  const { partial } = await runCase(studentTGradMu, device, {
    params: sizes,
    buffers: { ...buffers, partial: mu.length },
  });
  return { q, dz, dmu: partial };
}

const test = suite("student_t gradients and golden values");
retain();
for (const device of devices()) {
  for (const alpha of [1, 0.7, 12]) {
    for (const of_q of [0, 1]) {
      const what = of_q ? "any function of q" : "KL divergence";
      test(`${device.name} central differences, ${what}, alpha ${alpha}`, async () => {
        const dim = 6, z = randoms(30, 3, -2, 2), mu = randoms(24, 4, -2, 2);
        // Rows do not sum to 1, one is zero.
        const goal = randoms(20, 5, 0, 1).map((v, i) => i < 4 ? 0 : v);
        const loss = (x: List, y: List) => {
          const q = softAssignment(x, y, dim, alpha);
          return of_q ? q.reduce((s, v, i) => s + v * goal[i], 0) : 0.3 * divergence(goal, q);
        };
        const got = await all(await device.open(), z, mu, goal, {
          ...{ dim, alpha, of_q },
          scale: of_q ? -1 : 0.3,
        });
        const tolerance = { abs: 2e-6, rel: 1e-5 };
        near(got.dz, centralDifferences((v) => loss(v, mu), z), tolerance, "dz");
        near(got.dmu, centralDifferences((v) => loss(z, v), mu), tolerance, "dmu");
      });
    }
  }

  test(`${device.name} agrees with PyTorch`, async () => {
    const [z, mu] = [golden.z, golden.mu].map((t) => Float32Array.from(t.data));
    const m = golden.z.shape[0], dim = golden.z.shape[1];
    for (const one of golden.dec) {
      const got = await all(await device.open(), z, mu, Float32Array.from(one.p.data), {
        ...{ dim, alpha: one.alpha, of_q: 0 },
        scale: 1 / m,
      });
      near(got.q, one.q.data, { rel: 2e-6 }, "q");
      near(got.dz, one.dz.data, { abs: 1e-7, rel: 2e-6 }, "dz");
      near(got.dmu, one.dmu.data, { abs: 2e-7, rel: 2e-6 }, "dmu");
    }
  });
}
test.after(release);
test.run();
