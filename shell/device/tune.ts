/** Chooses the inner loop of the WASM engine's matrix products by a race on this machine. */

import { dense } from "../kernels/dense.ts";
import { type Init, instantiate } from "./engine.ts";
import { breathe } from "./platform.ts";

/** Inner loops of the matrix products, see `engine/gemm.ts`: 6x8, 4x8, 4x8 with shuffles. */
const TILES = [0, 1, 2];

/** One item of a product, by the kernel that does the work: a loop alone may compile otherwise. */
const SIZES = { m: 48, k: 256, n: 32, bias: 0, activation: 0 };
const { m, k, n } = SIZES;

const ARGS_BYTES = 64;
const X_BYTES = 4 * m * k;
const W_BYTES = 4 * k * n;
const Y_BYTES = 4 * m * n;

/** Bytes that the race touches. */
export const TUNE_BYTES = ARGS_BYTES + X_BYTES + W_BYTES + Y_BYTES + dense.scratch!(SIZES);

/** Products in a measurement: about 0.4 ms, more than a coarse clock ticks. */
const TURNS = 32;
/** Measurements that make the optimising compiler take the code up, and those that count. */
const WARM = 4, ROUNDS = 12;

const choices = new Map<boolean, Promise<number>>();

/**
 * The fastest inner loop of this runtime: compilers differ in how many registers they find and in
 * what a load costs them. All give the same bits. Takes some 50 ms, once per build and process.
 *
 * @param relaxed the build that `init` holds
 * @param at address of TUNE_BYTES free zeros
 */
export function fastestTile(relaxed: boolean, init: Init, at: number): Promise<number> {
  const choice = choices.get(relaxed) ?? race(init, at);
  choices.set(relaxed, choice);
  return choice;
}

async function race(init: Init, at: number): Promise<number> {
  const { exports } = await instantiate(init);
  const x = at + ARGS_BYTES, w = x + X_BYTES, y = w + W_BYTES, scratch = y + Y_BYTES;
  const words = [x, w, 0, y, m, k, n, 0, 0, scratch];
  new Uint32Array(init.memory.buffer, at, words.length).set(words);
  exports.dense_pack(at, 0, dense.stages![0].items(SIZES));
  const measure = (tile: number) => {
    exports.set_tile(tile);
    const since = performance.now();
    for (let i = 0; i < TURNS; i++) exports.dense(at, 0, dense.items(SIZES));
    return performance.now() - since;
  };
  for (let i = 0; i < WARM; i++) TILES.forEach(measure);
  // The optimised code comes from another thread.
  await breathe(15);
  const best = TILES.map(() => Infinity);
  for (let i = 0; i < ROUNDS; i++) {
    TILES.forEach((tile, k) => best[k] = Math.min(best[k], measure(tile)));
  }
  return TILES[best.indexOf(Math.min(...best))];
}
