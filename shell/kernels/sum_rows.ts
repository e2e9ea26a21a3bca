import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/sum_rows.wgsl" with { type: "text" };
import tiledWgsl from "../../shaders/sum_rows_tiled.wgsl" with { type: "text" };

/** Elements that make a claim worth while, about 5 us. */
const CLAIM = 32_768;

/** Columns from which a workgroup for each row beats an invocation for each row. */
const WIDE = 128;

/** `y[i] = ` sum of `x[i, j]` over j: x is [m, n], y is [m]. Very few, long rows: use `sum`. */
export const sumRows = kernel({
  name: "sum_rows",
  buffers: { x: reads("f32"), y: writes("f32") },
  params: { m: "u32", n: "u32" },
  wgsl,
  grid: ({ m }) => linear(Math.ceil(m / 64)),
  variants: {
    tiled: {
      wgsl: tiledWgsl,
      grid: ({ m }) => linear(m),
      when: (gpu, { n }) => !gpu.software && n >= WIDE,
    },
  },
  items: ({ m }) => m,
  grain: ({ n }) => Math.max(1, Math.ceil(CLAIM / n)),
  flops: ({ m, n }) => m * n,
  bytes: ({ m, n }) => 4 * m * n,
});
