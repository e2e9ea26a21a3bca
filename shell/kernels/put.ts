import { elementwise } from "./elementwise.ts";
import { kernel, reads, updates } from "./kernel.ts";
import wgsl from "../../shaders/put.wgsl" with { type: "text" };

/**
 * `y[at + i, :] = x[i, :]` for i < m, bit for bit; rows past the end of y are dropped: x is
 * [m, width], y is [rows, width]. Collects the results of batches; with m and width 1, `at` the
 * step, it logs a number of each step, such as the loss.
 */
export const put = kernel({
  name: "put",
  buffers: { x: reads("f32"), y: updates("f32") },
  params: { rows: "u32", m: "u32", width: "u32", at: "u32" },
  wgsl,
  grid: ({ m, width }) => elementwise.grid({ n: m * width }),
  items: ({ m }) => m,
  grain: ({ width }) => Math.ceil(16_384 / width),
  bytes: ({ m, width }) => 8 * m * width,
});
