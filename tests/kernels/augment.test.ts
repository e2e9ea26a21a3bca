import { augment } from "../../shell/kernels/augment.ts";
import { kernelTest, randoms } from "../harness.ts";
import { augmented } from "./augmenting.ts";
import { SOURCES } from "./random.ts";

const source = { seed: 42, stream: 7, step: 3 };
const still = { turn: 0, shift_h: 0, shift_w: 0, zoom_low: 1, zoom_high: 1 };
const usual = { turn: 10 / 360, shift_h: 2.8, shift_w: 2.8, zoom_low: 1, zoom_high: 1 };
const wild = { turn: 0.5, shift_h: 3, shift_w: 40, zoom_low: 0.25, zoom_high: 4 };

const SIZES = [
  [1, 1, 1, 1],
  [3, 2, 5, 1],
  [2, 7, 4, 3],
  [5, 9, 9, 2],
  [67, 28, 28, 1],
  [4, 33, 31, 5],
];

const sized = ([m, h, w, c]: number[]) => ({ m, h, w, c });
const holed = randoms(5 * 9 * 9 * 2, 1, 0, 1).map((v, i) => i < 162 ? NaN : v);

kernelTest(augment, {
  cases: [
    ...SIZES.flatMap((size) =>
      [still, usual, wild].map((range) => {
        const n = size.reduce((a, b) => a * b);
        return {
          params: { ...sized(size), ...source, ...range },
          buffers: { x: randoms(n, 1, 0, 1), y: n },
        };
      })
    ),
    ...SOURCES.map((one) => ({
      params: { m: 9, h: 12, w: 10, c: 1, ...one, ...usual },
      buffers: { x: randoms(1080, 2, 0, 1), y: 1080 },
    })),
    {
      name: "an image of NaN leaves the others alone",
      params: { m: 5, h: 9, w: 9, c: 2, ...source, ...still },
      buffers: { x: holed, y: holed.length },
    },
  ],
  reference: ({ x }, params) => ({ y: augmented(x, params) }),
  // Places agree within 1e-6 of the size, more at the least zoom; neighbours differ by up to 1.
  tolerance: { y: { abs: 1e-4 } },
});

kernelTest(augment, {
  cases: SIZES.map((size) => {
    const n = size.reduce((a, b) => a * b);
    return {
      name: `unchanged ${size}`,
      params: { ...sized(size), ...source, ...still },
      buffers: { x: randoms(n, 3), y: n },
    };
  }),
  reference: ({ x }) => ({ y: x }),
});
