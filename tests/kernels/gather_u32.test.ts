import { gatherU32 } from "../../shell/kernels/gather_u32.ts";
import { kernelTest } from "../harness.ts";
import { GATHERS, indices, pick } from "./gathering.ts";

kernelTest(gatherU32, {
  cases: GATHERS.map((params) => ({
    params,
    buffers: {
      // Among them the bits of NaN, of infinity and of subnormal numbers.
      source: Uint32Array.from({ length: params.rows * params.width }, (_, i) => i * 2_654_435_761),
      index: indices(params),
      y: params.m * params.width,
    },
  })),
  reference: ({ source, index }, p) => ({ y: pick(p, source, index, 2 ** 32 - 1) }),
});
