/** Launch sizes that kernels share which reduce each row to a few numbers. */

import { linear } from "./kernel.ts";

/** Rows of a workgroup of 64: eight invocations share a row. */
const ROWS = 8;

/** Multiply-adds that make a claim worth while, about 5 us. */
const CLAIM = 16_384;

/** Sizes: `m` rows of `dim` numbers, each met by `k` others where there is a `k`. */
interface Sizes {
  readonly m: number;
  readonly dim: number;
  readonly k?: number;
}

/** Eight invocations, or one WASM item, for each row. */
export const rowwise = {
  grid: ({ m }: { readonly m: number }) => linear(Math.ceil(m / ROWS)),
  items: ({ m }: { readonly m: number }) => m,
  grain: ({ dim, k = 1 }: Omit<Sizes, "m">) => Math.max(1, Math.round(CLAIM / (dim * k))),
};

/** An invocation for each of `m dim` elements, a WASM item for each row. */
export const elementsOfRows = {
  ...rowwise,
  grid: ({ m, dim }: Sizes) => linear(Math.ceil(m * dim / 64)),
};
