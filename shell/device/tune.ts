/** Chooses the inner loop of the WASM engine's matrix products by a race on this machine. */

import { dense } from "../kernels/dense.ts";

/** One item of the product: the loop and little else. */
const SIZES = { m: 48, k: 256, n: 32, bias: 0, activation: 0 };
const { m, k, n } = SIZES;

const ARGS_BYTES = 64;
const X_BYTES = 4 * m * k;
const W_BYTES = 4 * k * n;
const Y_BYTES = 4 * m * n;

/** Bytes of zeros that {@link tune} needs, 64-byte aligned. */
export const TUNE_BYTES = ARGS_BYTES + X_BYTES + W_BYTES + Y_BYTES + dense.scratch!(SIZES);

/** Inner loops of `set_tile`, see `engine/gemm.ts`. */
const TILES = [0, 1, 2];

/** Products in one measurement: 0.4 ms, well above the 0.1 ms of a coarse browser clock. */
const TURNS = 32;

/** Milliseconds for the race: V8's optimised code arrives after about 10. */
const BUDGET = 40;

/** Rounds that suffice once the code is optimised. */
const ROUNDS = 24;

/** The part of the engine's exports that the race uses. */
interface Contestant {
  readonly dense: (...args: number[]) => unknown;
  readonly dense_pack: (...args: number[]) => unknown;
  readonly set_tile: (...args: number[]) => unknown;
}

/**
 * Times every inner loop on a small product and sets the fastest in this instance. All give the
 * same bits. Takes about 40 ms; the code that V8 optimises meanwhile serves all workers.
 *
 * @param exports an instance of the engine over `memory`
 * @param at address of {@link TUNE_BYTES} zeros that nobody else uses
 * @returns the choice, for `set_tile` of the other instances
 */
export function tune(exports: Contestant, memory: WebAssembly.Memory, at: number): number {
  const x = at + ARGS_BYTES, w = x + X_BYTES, y = w + W_BYTES, scratch = y + Y_BYTES;
  const words = [x, w, 0, y, m, k, n, 0, 0, scratch];
  new Uint32Array(memory.buffer, at, words.length).set(words);
  const panels = dense.stages![0].items(SIZES);
  const items = dense.items(SIZES);
  exports.dense_pack(at, 0, panels);
  const best = TILES.map(() => Infinity);
  const start = performance.now();
  for (let round = 0; round < ROUNDS && performance.now() - start < BUDGET; round++) {
    for (const tile of TILES) {
      exports.set_tile(tile);
      const before = performance.now();
      for (let turn = 0; turn < TURNS; turn++) exports.dense(at, 0, items);
      best[tile] = Math.min(best[tile], performance.now() - before);
    }
  }
  const choice = best.indexOf(Math.min(...best));
  exports.set_tile(choice);
  return choice;
}
