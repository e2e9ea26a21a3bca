import { kernel, linear, updates } from "./kernel.ts";
import wgsl from "../../shaders/roots.wgsl" with { type: "text" };

/** Rows of a WASM item. */
const ROWS = 1024;

/**
 * The last step of finding connected components: `parent_i` becomes the root of i, the r with
 * `parent_r = r` that is reached from i. parent is [n]; 2^32 - 1 stays as it is.
 */
export const roots = kernel({
  name: "roots",
  buffers: { parent: updates("u32") },
  params: { n: "u32" },
  wgsl,
  grid: ({ n }) => linear(Math.ceil(n / 64)),
  items: ({ n }) => Math.ceil(n / ROWS),
  bytes: ({ n }) => 8 * n,
});
