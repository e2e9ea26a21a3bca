import { mineTriplets, MINING, type Mining } from "../../shell/kernels/mine_triplets.ts";
import { philox } from "../../shell/random.ts";
import { distancesOf, MINED, mined } from "../formulas.ts";
import { kernelTest } from "../harness.ts";
import { integers } from "./clustering.ts";
import { SOURCES } from "./random.ts";

const none = { seed: 7, stream: 3, step: 11 };

/** Distances of points on a small grid, exact in float32 and with many that are equal. */
const grid = (m: number) => {
  const x = integers(m * 2, 6, 5);
  return Float32Array.from(distancesOf(x, x, 2));
};

function arguments_(m: number, mining: Mining, classes: number, source = none) {
  return {
    params: { m, mining: MINING[mining], ...source },
    buffers: {
      d: grid(m),
      label: Uint32Array.from({ length: m }, (_, i) => i * i % classes),
      positive: m,
      negative: m,
      valid: m,
    },
  };
}

kernelTest(mineTriplets, {
  cases: MINED.flatMap((mining) => [
    ...[1, 2, 3, 63, 64, 65, 257].map((m) => arguments_(m, mining, 4)),
    ...SOURCES.map((source) => arguments_(50, mining, 3, source)),
    { name: `${mining}, one class`, ...arguments_(9, mining, 1) },
    {
      name: `${mining}, a class of one, labels of any size`,
      params: { m: 6, mining: MINING[mining], ...none },
      buffers: {
        d: grid(6),
        label: Uint32Array.of(2 ** 32 - 1, 5, 2 ** 32 - 1, 9, 5, 5),
        positive: 6,
        negative: 6,
        valid: 6,
      },
    },
    {
      name: `${mining}, NaN and infinity`,
      params: { m: 12, mining: MINING[mining], ...none },
      buffers: {
        d: grid(12).map((v, at) => at % 12 === 3 || at / 12 >= 10 ? NaN : at % 7 ? v : Infinity),
        label: Uint32Array.from({ length: 12 }, (_, i) => i % 3),
        positive: 12,
        negative: 12,
        valid: 12,
      },
    },
  ]),
  reference({ d, label }, { mining, seed, stream, step }) {
    const name = MINED.find((one) => MINING[one] === mining)!;
    return mined(d, label, name, (i) => philox([i, step, 0, 0], [seed, stream]));
  },
});
