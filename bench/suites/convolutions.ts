/**
 * The convolutions of an autoencoder of 28 x 28 images, forward and backward, as shares of the rate
 * of the dense product in the same run.
 */

import type { Device } from "../../shell/device/device.ts";
import { canShareMemory } from "../../shell/device/platform.ts";
import { openWasm } from "../../shell/device/wasm.ts";
import { conv, convBlock, convGradW, convGradX, type ConvSizes } from "../../shell/kernels/conv.ts";
import { dense } from "../../shell/kernels/dense.ts";
import { sumColumns } from "../../shell/kernels/sum_columns.ts";
import { Graph } from "../../shell/plan/graph.ts";
import { compile, type Plan } from "../../shell/plan/plan.ts";
import { state, type Tensor } from "../../shell/plan/tensor.ts";
import { kernelPlan, type Measurement, median, once, spread, time } from "./measure.ts";

/** Milliseconds of one sample, long enough that the message does not count. */
const MS_PER_RUN = 20;

/** The dense product that is compared with. */
const DENSE = { m: 256, k: 500, n: 2000, bias: 1, activation: 1 };

/** 28x28x1 to 14x14x32 to 7x7x64 to 3x3x128. */
const LAYERS: readonly (readonly [name: string, sizes: ConvSizes])[] = [
  ["5x5/2 1-32", square(28, 1, 14, 32, 5, 2)],
  ["5x5/2 32-64", square(14, 32, 7, 64, 5, 2)],
  ["3x3/2 64-128", square(7, 64, 3, 128, 3, 0)],
];

function square(i: number, ci: number, o: number, co: number, k: number, pad: number): ConvSizes {
  const [image, kernel] = [{ ih: i, iw: i, oh: o, ow: o, top: pad, left: pad }, { kh: k, kw: k }];
  return { n: 256, ci, co, ...image, ...kernel, sh: 2, sw: 2 };
}

const flopsOf = (p: ConvSizes) => conv.flops!({ ...p, bias: 1, activation: 1, gate: 0 });

/** The tensors of a convolution: its image, its result, a gradient of each, weights. */
interface Tensors {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly dx: Tensor;
  readonly dy: Tensor;
  readonly w: Tensor;
  readonly dw: Tensor;
  readonly parts: Tensor;
  readonly b: Tensor;
}

function tensorsOf(p: ConvSizes): Tensors {
  const x = [p.n * p.ih * p.iw, p.ci], y = [p.n * p.oh * p.ow, p.co];
  const w = p.kh * p.kw * p.ci * p.co;
  const parts = Math.ceil(y[0] / convBlock(p));
  return {
    ...{ x: state("x", x), y: state("y", y), dx: state("dx", x), dy: state("dy", y) },
    ...{ w: state("w", [w]), dw: state("dw", [w]), parts: state("parts", [parts, w]) },
    b: state("b", [parts, Math.max(p.ci, p.co)]),
  };
}

const LAYER = { bias: 1, activation: 1, gate: 0 };
const GATED = { bias: 0, activation: 0, gate: 1 };

/** What a layer and its transposed mirror record: forward, gradient of the input, of the weights. */
const PASSES: Record<string, (g: Graph, p: ConvSizes, t: Tensors) => void> = {
  "forward": (g, p, t) => g.call(conv, { ...t, a: t.w }, { ...p, ...LAYER }),
  "dx": (g, p, t) => g.call(convGradX, { ...t, dz: t.dy }, { ...p, ...GATED }),
  "dw": weights,
  "transposed forward": (g, p, t) => {
    g.call(convGradX, { dz: t.y, w: t.w, b: t.b, x: t.w, dx: t.x }, { ...p, ...LAYER });
  },
  "transposed dx": (g, p, t) => {
    g.call(conv, { x: t.dx, w: t.w, b: t.b, a: t.y, y: t.dy }, { ...p, ...GATED });
  },
  "transposed dw": weights,
};

function weights(g: Graph, p: ConvSizes, { x, dy, dw, parts, b }: Tensors): void {
  const block = convBlock(p);
  g.call(convGradW, { x, dz: dy, dw: parts, db: b }, { ...p, block, bias: 1 });
  g.call(sumColumns, { x: parts, y: dw }, { m: parts.shape[0], n: dw.size });
}

/** A plan that repeats one pass, and a way to give its memory back. */
async function passPlan(device: Device, name: string, p: ConvSizes, repeats: number) {
  const tensors = tensorsOf(p);
  const graph = new Graph(`bench ${name}`);
  for (let i = 0; i < repeats; i++) PASSES[name](graph, p, tensors);
  const plan = compile(graph);
  const all: Tensor[] = Object.values(tensors);
  for (const t of all) {
    // Not zeros, which some processors multiply faster.
    device.write(
      t,
      Float32Array.from({ length: t.size }, (_, i) => ((i * 7919) % 1009) / 1009 - 0.5),
    );
  }
  await device.load(plan);
  return {
    plan,
    free() {
      device.unload(plan);
      device.free(...all);
    },
  };
}

interface Reference {
  readonly plan: Plan;
  readonly repeats: number;
}

/** One pass of one layer on each device; `share` is of the dense product's rate beside it. */
async function measurePass(
  devices: readonly Device[],
  references: readonly Reference[],
  pass: string,
  [name, p]: readonly [string, ConvSizes],
  runs: number,
): Promise<Measurement> {
  const flops = flopsOf(p);
  const repeats = Math.max(1, Math.round(MS_PER_RUN * 40e6 / flops));
  const loaded: Awaited<ReturnType<typeof passPlan>>[] = [];
  for (const device of devices) loaded.push(await passPlan(device, pass, p, repeats));
  const ms: number[][] = devices.map(() => []);
  const peer: number[][] = devices.map(() => []);
  for (let run = -3; run < runs; run++) {
    for (const [d, device] of devices.entries()) {
      const t = await time(() => once(device, loaded[d].plan)) / repeats;
      const r = await time(() => once(device, references[d].plan)) / references[d].repeats;
      if (run >= 0) ms[d].push(t), peer[d].push(r);
    }
  }
  loaded.forEach((one) => one.free());
  const gflops = flops / median(ms[0]) / 1e6;
  const dense = 2 * DENSE.m * DENSE.k * DENSE.n / median(peer[0]) / 1e6;
  return {
    name: `conv ${name} ${pass}`,
    device: devices[0].info.description,
    ms: median(ms[0]),
    spread: spread(ms[0]),
    gflops,
    dense,
    share: gflops / dense,
    ...devices.length > 1 && {
      twoWorkers: median(ms[0]) / median(ms[1]),
      // Where the second core comes and goes, the best of each tells what the engine does.
      twoBest: Math.min(...ms[0]) / Math.min(...ms[1]),
    },
    flops,
    runs,
  };
}

/** The whole step: all passes but the gradient of the images. */
function total(parts: readonly Measurement[]): Measurement {
  const some = parts.filter(({ name }) => name !== `conv ${LAYERS[0][0]} dx`);
  const sum = (f: (one: Measurement) => number) => some.reduce((s, one) => s + f(one), 0);
  const ms = sum((one) => one.ms!);
  const gflops = sum((one) => one.flops as number) / ms / 1e6;
  const dense = median(some.map((one) => one.dense as number));
  const two = sum((one) => one.ms! / (one.twoWorkers as number ?? 1));
  return {
    name: "conv autoencoder, all passes of a step",
    device: parts[0].device,
    ms,
    gflops,
    dense,
    share: gflops / dense,
    ...parts[0].twoWorkers !== undefined && { twoWorkers: ms / two },
    runs: parts[0].runs,
  };
}

/** Every pass of every layer on one worker and on two, the total, and the dense product. */
export async function convolutions(runs: number): Promise<Measurement[]> {
  const counts = canShareMemory() ? [1, 2] : [0];
  const devices = await Promise.all(counts.map((workers) => openWasm({ workers })));
  const { m, k, n } = DENSE;
  const repeats = 2;
  const references: Reference[] = [];
  for (const device of devices) {
    const sizes = { x: m * k, w: k * n, b: n, y: m * n };
    references.push({ ...await kernelPlan(device, dense, sizes, DENSE, repeats), repeats });
  }
  const out: Measurement[] = [];
  for (const pass of Object.keys(PASSES)) {
    for (const layer of LAYERS) out.push(await measurePass(devices, references, pass, layer, runs));
  }
  for (const device of devices) await device.close();
  return [...out, total(out)];
}
