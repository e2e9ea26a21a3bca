/** Clustering and metric-learning losses recorded behind a layer, against float64. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Device } from "../../shell/device/device.ts";
import { Parameters } from "../../shell/nn/parameters.ts";
import {
  centreLoss,
  clusteringKl,
  nearestCentre,
  studentT,
  targetDistribution,
  updateCentres,
} from "../../shell/ops/clustering.ts";
import { gatherRows } from "../../shell/ops/gather.ts";
import { linear } from "../../shell/ops/linear.ts";
import { meanSquaredError } from "../../shell/ops/losses.ts";
import {
  contrastiveLoss,
  mineTriplets,
  tripletLoss,
  tripletLossMined,
} from "../../shell/ops/metric_learning.ts";
import { Graph } from "../../shell/plan/graph.ts";
import { compile } from "../../shell/plan/plan.ts";
import { data, state, type Tensor } from "../../shell/plan/tensor.ts";
import { philox } from "../../shell/random.ts";
import { devices, release, retain } from "../devices.ts";
import {
  columnSums,
  contrastiveOf,
  distancesOf,
  divergence,
  type List,
  MINED,
  mined,
  rowOf,
  softAssignment,
  targetOf,
  tripletsOf,
} from "../formulas.ts";
import { near, randoms } from "../harness.ts";
import { centralDifferences, denseLayer, matrix } from "../reference.ts";
import { square } from "../kernels/clustering.ts";

/** Rows (two blocks of the gradient by the centres), inputs, code, clusters. */
const M = 37, K = 5, D = 6, C = 4;

const SHAPES = [[K, D], [D], [C, D]];
const SIZES = SHAPES.map((s) => s.reduce((a, b) => a * b, 1));

/** What the programs read besides the parameters. */
const inputs = {
  x: randoms(3 * M * K, 1),
  p: Float32Array.from(targetOf(randoms(M * C, 2, 0, 1), [3, 2, 1, 4])),
  label: Uint32Array.from({ length: M }, (_, i) => i * i % C),
  same: Uint32Array.from({ length: M }, (_, i) => i % 2),
  left: Uint32Array.from({ length: M }, (_, i) => i * 5 % M),
  right: Uint32Array.from({ length: M }, (_, i) => i % 9),
};

/** A loss of the codes z = x w + b of three batches and the centres; the same in float64. */
interface Example {
  readonly name: string;
  record(g: Graph, z: Tensor[], mu: Tensor, data: Record<string, Tensor>): Tensor[];
  loss(z: number[][], mu: number[]): number;
}

const mean = (x: readonly number[]) => x.reduce((a, b) => a + b, 0) / M;
const rows = (z: List, index: List) => Array.from(index).flatMap((i) => rowOf(z, i, D));
const centres = (z: List, mu: List) =>
  mean(Array.from(inputs.label, (j, i) => square(z, i, mu, j, D)));

const examples: Example[] = [
  ...[1, 3].map((alpha): Example => ({
    name: `clustering KL, alpha ${alpha}`,
    record: (g, [z], mu, { p }) => [clusteringKl(g, z, mu, p, { alpha, weight: 0.5 })],
    loss: ([z], mu) => 0.5 / M * divergence(inputs.p, softAssignment(z, mu, D, alpha)),
  })),
  {
    name: "soft assignment with another loss, and centre loss",
    record: (g, [z], mu, { p, label }) => [
      meanSquaredError(g, studentT(g, z, mu, 2), p, 3),
      centreLoss(g, z, state("fixed", [C, D]), label, 0.1),
    ],
    loss([z], mu) {
      const q = softAssignment(z, mu, D, 2);
      return 3 / C * mean(q.map((v, at) => (v - inputs.p[at]) ** 2)) +
        0.1 * centres(z, mu.map(() => 0));
    },
  },
  {
    name: "contrastive, two batches",
    record: (g, [za, zb], _, { same }) => [
      contrastiveLoss(g, za, zb, same, { margin: 2, weight: 3 }),
    ],
    loss: ([za, zb]) => 3 * mean(contrastiveOf(za, zb, inputs.same, D, 2)),
  },
  {
    name: "contrastive, pairs of one batch, some of a row with itself",
    record: (g, [z], _, { same, left, right }) => [
      contrastiveLoss(g, gatherRows(g, z, left, M, 0), gatherRows(g, z, right, M, 0), same),
    ],
    loss: ([z]) =>
      mean(contrastiveOf(rows(z, inputs.left), rows(z, inputs.right), inputs.same, D, 1)),
  },
  ...[false, true].map((squared): Example => ({
    name: `triplets of three batches, squared ${squared}`,
    record: (g, [za, zp, zn]) => [tripletLoss(g, za, zp, zn, { squared, margin: 0.3 })],
    loss: (z) => mean(tripletsOf(z, D, 0.3, squared)),
  })),
  ...MINED.flatMap((mining) =>
    [false, true].map((squared): Example => ({
      name: `mined triplets, ${mining}, squared ${squared}`,
      record: (g, [z], _, { label }) => [
        tripletLossMined(g, z, label, { mining, squared, seed: 5, stream: 6, step: 7 }),
      ],
      loss([z]) {
        const { positive, negative, valid } = chosen(z, mining);
        const all = tripletsOf([z, rows(z, positive), rows(z, negative)], D, 1, squared);
        return mean(all.map((v, i) => valid[i] * v));
      },
    }))
  ),
];

const chosen = (z: List, mining: typeof MINED[number]) =>
  mined(distancesOf(z, z, D), inputs.label, mining, (i) => philox([i, 7, 0, 0], [5, 6]));

/** Codes of the three batches and the centres. */
function unpack(flat: List): { z: number[][]; mu: number[] } {
  const all = Array.from(flat), [w, b] = SIZES;
  const layer = [matrix(all.slice(0, w), D), all.slice(w, w + b)] as const;
  const z = [0, 1, 2].map((i) => {
    const x = matrix(inputs.x.subarray(i * M * K, (i + 1) * M * K), K);
    return denseLayer(x, ...layer, "identity").flat();
  });
  return { z, mu: all.slice(w + b) };
}

/** Values of the parameters. */
const flat = randoms(SIZES.reduce((a, b) => a + b), 3);

const known = new Map<Example, { loss: number; want: Float64Array }>();

/** Loss and gradient by all parameters, in float64. */
function expected(example: Example): { loss: number; want: Float64Array } {
  const f = (values: List) => {
    const { z, mu } = unpack(values);
    return example.loss(z, mu);
  };
  let answer = known.get(example);
  if (!answer) known.set(example, answer = { loss: f(flat), want: centralDifferences(f, flat) });
  return answer;
}

/** Tensors for all inputs but x. */
function tensorsOf({ x: _, ...rest }: typeof inputs): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(rest).map(([name, values]) => [
      name,
      data(name, name === "p" ? [M, C] : [M], values instanceof Uint32Array ? "u32" : "f32"),
    ]),
  );
}

async function check(on: Device, example: Example): Promise<void> {
  const parameters = new Parameters();
  const [w, b, mu] = SHAPES.map((shape, i) => parameters.add(`p${i}`, shape, 1));
  const x = [0, 1, 2].map((i) => data(`x${i}`, [M, K]));
  const given = tensorsOf(inputs);
  const g = new Graph(example.name);
  const losses = example.record(g, x.map((one) => linear(g, one, w, b)), mu, given);
  losses.forEach((loss) => g.output(loss));
  g.backward(...losses);
  const plan = compile(g);
  await on.load(plan);
  x.forEach((one, i) => on.write(one, inputs.x.slice(i * M * K, (i + 1) * M * K)));
  for (const name of Object.keys(given)) on.write(given[name], inputs[name as keyof typeof inputs]);
  let from = 0;
  for (const tensor of [w, b, mu]) on.write(tensor, flat.slice(from, from += tensor.size));
  on.run(plan);

  const { loss, want } = expected(example);
  let total = 0;
  for (const loss of losses) total += (await on.read(loss, plan))[0];
  near([total], [loss], { rel: 1e-5 }, "loss");
  from = 0;
  for (const tensor of [w, b, mu]) {
    const part = want.slice(from, from += tensor.size);
    if (!g.gradOf(tensor)) assert.ok(part.every((v) => v === 0), `${tensor} has no gradient`);
    else near(await on.read(tensor.grad!), part, { abs: 3e-6, rel: 1e-4 }, `d ${tensor}`);
  }
  on.unload(plan);
  on.free(...x, ...Object.values(given), w, w.grad!);
}

/** Runs a program once and reads its outputs. */
async function outputs(
  on: Device,
  record: (g: Graph) => readonly Tensor[],
  given: readonly [Tensor, Float32Array | Uint32Array][],
): Promise<number[][]> {
  const g = new Graph("outputs");
  const tensors = record(g).map((t) => g.output(t));
  const plan = compile(g);
  await on.load(plan);
  given.forEach(([tensor, values]) => on.write(tensor, values));
  on.run(plan);
  const read: number[][] = [];
  for (const t of tensors) read.push(Array.from(await on.read(t, plan)));
  on.unload(plan);
  on.free(...given.map(([tensor]) => tensor));
  return read;
}

const test = suite("clustering losses");
retain();
for (const device of devices()) {
  for (const example of examples) {
    test(`${device.name} ${example.name}`, async () => check(await device.open(), example));
  }

  // Rows that can be summed side by side, a prime number of rows, fewer rows than columns.
  for (const [n, k] of [[1000, 10], [1009, 3], [4, 7], [9000, 10]]) {
    test(`${device.name} target distribution, ${n} x ${k}`, async () => {
      // The last cluster has no members.
      const values = randoms(n * k, 1, 0, 1).map((v, at) => at % k === k - 1 ? 0 : v);
      const q = data("q", [n, k]), p = state("p", [n, k]);
      const record = (g: Graph) => [targetDistribution(g, q, p)];
      const [got] = await outputs(await device.open(), record, [[q, values]]);
      near(got, targetOf(values, columnSums(values, k)), { abs: 1e-9, rel: 5e-6 }, "p");
      (await device.open()).free(p);
    });
  }

  test(`${device.name} nearest centres, their update, triplets`, async () => {
    const [zs, mus] = [randoms(M * D, 1), randoms(C * D, 2)];
    const z = data("z", [M, D]), mu = data("mu", [C, D]), count = data("count", [C], "u32");
    const labels = data("labels", [M], "u32");
    const record = (g: Graph) => {
      const { label, distance } = nearestCentre(g, z, mu);
      updateCentres(g, z, label, count, mu);
      const { positive, negative, valid } = mineTriplets(g, z, labels, "hard");
      return [label, distance, count, positive, negative, valid];
    };
    const got = await outputs(await device.open(), record, [
      ...[[z, zs], [mu, mus]] as [Tensor, Float32Array][],
      ...[[count, new Uint32Array(C)], [labels, inputs.label]] as [Tensor, Uint32Array][],
    ]);
    const all = distancesOf(zs, mus, D);
    const label = Array.from({ length: M }, (_, i) => {
      const row = rowOf(all, i, C);
      return row.indexOf(Math.min(...row));
    });
    assert.equal(got[0], label);
    near(got[1], label.map((j, i) => all[i * C + j]), { rel: 1e-5 }, "distance");
    assert.equal(got[2], [0, 1, 2, 3].map((j) => label.filter((one) => one === j).length));
    const want = mined(distancesOf(zs, zs, D), inputs.label, "hard", () => []);
    assert.equal(got.slice(3), [want.positive, want.negative, want.valid]);
  });
}

test("refuses what does not fit", () => {
  const g = new Graph("refused");
  const z = g.temp([8, 3]), mu = g.temp([4, 3]), u32 = (n: number) => g.temp([n], "u32");
  const p = g.temp([8, 4]);
  const cases: [() => unknown, RegExp][] = [
    [() => studentT(g, z, g.temp([4, 2])), /studentT: mu must be \[k, 3\], got t\d+:f32\[4,2\]/],
    [() => studentT(g, g.temp([8]), mu), /studentT: z must be \[m, d\]/],
    [() => studentT(g, z, mu, 0), /studentT: alpha must be above 0, got 0/],
    [() => clusteringKl(g, z, mu, p, { alpha: NaN }), /alpha must be above 0, got NaN/],
    [() => clusteringKl(g, z, mu, mu), /clusteringKl: p must be \[8, 4\]/],
    [() => targetDistribution(g, p, mu), /q and p must be one \[n, k\]/],
    [() => centreLoss(g, z, mu, u32(7)), /centreLoss: label must be \[8\]/],
    [() => updateCentres(g, z, u32(8), u32(3), mu), /updateCentres: count must be \[4\]/],
    [() => contrastiveLoss(g, z, mu, u32(8)), /contrastiveLoss: zb must be \[8, 3\]/],
    [() => contrastiveLoss(g, z, g.temp([8, 3]), u32(3)), /same must be \[8\]/],
    [
      () => contrastiveLoss(g, z, g.temp([8, 3]), u32(8), { margin: -1 }),
      /contrastiveLoss: margin must be above 0, got -1/,
    ],
    [() => tripletLoss(g, z, z, g.temp([8, 3])), /must be three tensors/],
    [
      () => tripletLoss(g, z, g.temp([8, 3]), g.temp([8, 3]), { margin: -1 }),
      /tripletLoss: margin must be at least 0, got -1/,
    ],
    [() => tripletLossMined(g, z, u32(9)), /labels must be \[8\]/],
    [() => tripletLossMined(g, g.temp([8]), u32(8)), /z must be \[m, d\]/],
  ];
  for (const [act, message] of cases) {
    assert.throws(act, (e: Error) => e instanceof RangeError && message.test(e.message), `${act}`);
  }
});

test.after(release);
test.run();
