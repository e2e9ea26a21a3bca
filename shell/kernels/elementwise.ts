/** Launch sizes that the elementwise kernels share; see `engine/simd.ts` for the WASM block. */

import { linear } from "./kernel.ts";

/** Invocations per workgroup of the one-dimensional kernels. */
const GROUP = 64;

/** Elements per WASM item. */
const BLOCK = 1024;

/** Launch of a kernel that computes `n` elements, one per invocation, 1,024 per WASM item. */
export const elementwise = {
  grid: (p: { readonly n: number }) => linear(Math.ceil(p.n / GROUP)),
  items: (p: { readonly n: number }) => Math.ceil(p.n / BLOCK),
  grain: () => 16,
};
