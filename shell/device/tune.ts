import { type Init, instantiate } from "./engine.ts";
import { breathe } from "./platform.ts";

/** Inner loops of the matrix products, see `engine/gemm.ts`: 6x8, 4x8, 4x8 with shuffles. */
const TILES = [0, 1, 2];

/** Depth of the probed product, and bytes that it touches. */
const DEPTH = 256;
export const TUNE_BYTES = 80 * DEPTH + 192;

/** Products in a call: about 50 us. */
const TURNS = 40;
/** Calls that make the optimising compiler take a loop up, and calls of which the best counts. */
const WARM = 40, ROUNDS = 12;

let choice: Promise<number> | undefined;

/**
 * The fastest inner loop of this runtime: compilers differ in how many registers they find and in
 * what a load costs them. All give the same bits. Takes some 30 ms, once per process.
 *
 * @param at address of TUNE_BYTES free bytes
 */
export function fastestTile(init: Init, at: number): Promise<number> {
  choice ??= probe(init, at);
  return choice;
}

async function probe(init: Init, at: number): Promise<number> {
  const { exports } = await instantiate(init);
  const call = (tile: number) => {
    const since = performance.now();
    exports.probe_tile(tile, TURNS, at, DEPTH);
    return performance.now() - since;
  };
  for (let i = 0; i < WARM; i++) TILES.forEach(call);
  // The optimised code comes from another thread.
  await breathe(15);
  const best = TILES.map(() => Infinity);
  for (let i = 0; i < ROUNDS; i++) {
    TILES.forEach((tile, k) => best[k] = Math.min(best[k], call(tile)));
  }
  return TILES[best.indexOf(Math.min(...best))];
}
