import { gatherU8 } from "../../shell/kernels/gather_u8.ts";
import { kernelTest } from "../harness.ts";
import { GATHERS, indices, pick } from "./gathering.ts";

const scales = [[1 / 255, 0], [2 / 255, -1], [-1e30, 3.5e30]] as const;

kernelTest(gatherU8, {
  cases: GATHERS.flatMap((sizes) =>
    scales.map(([scale, shift]) => ({
      params: { ...sizes, scale, shift },
      buffers: {
        source: Uint8Array.from({ length: sizes.rows * sizes.width }, (_, i) => i * 151 >> 3),
        index: indices(sizes),
        y: sizes.m * sizes.width,
      },
    }))
  ),
  reference: ({ source, index }, p) => ({
    y: pick(p, source, index, NaN).map((v) => Math.fround(p.scale) * v + Math.fround(p.shift)),
  }),
  tolerance: { y: { rel: 1e-6, abs: 1e-7 } },
});
