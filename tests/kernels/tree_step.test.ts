import { FAR, NO_SLOT } from "../../shell/kernels/nearest_cluster.ts";
import { treeStatus } from "../../shell/kernels/tree_nearest.ts";
import { treeStep } from "../../shell/kernels/tree_step.ts";
import { kernelTest, randoms } from "../harness.ts";
import { integers } from "./clustering.ts";
import { squareOf } from "./panels.ts";

/** Nearest of each block: distance and slot. */
function one(name: string, nearest: readonly (readonly [number, number])[], left = 9, more = 0) {
  const dim = 3;
  const slots = 256 * nearest.length;
  const status = new Uint32Array(treeStatus.words);
  status[treeStatus.left] = left;
  status[treeStatus.edges] = 2;
  status[treeStatus.slots] = slots - 3;
  return {
    name,
    params: { slots, dim, blocks: nearest.length, more },
    buffers: {
      distance: Float32Array.from(nearest, ([d]) => d),
      slot: Uint32Array.from(nearest, ([, i]) => i),
      parent: Uint32Array.from(integers(slots, 3, 1)),
      point: randoms(slots * dim, 4),
      nearest: integers(slots, 9, 2).map((v, i) => i < slots - 3 ? v - 1 : -1),
      edges: new Uint32Array(600),
      status,
    },
  };
}

const none = [FAR, NO_SLOT] as const;

kernelTest(treeStep, {
  cases: [
    one("one block", [[2, 5]]),
    one("the first of equals", [none, [3, 300], [2, 600], [2, 800]]),
    one("many blocks", Array.from({ length: 140 }, (_, b) => [1 + b * 37 % 140, 256 * b])),
    one(
      "equals in many blocks",
      Array.from({ length: 140 }, (_, b) => [b % 70 < 69 ? 2 : 1, 256 * b]),
    ),
    one("no point left", [[1, 3]], 0),
    one("two more", [[2, 5]], 9, 2),
    one("two blocks, many more", [[2, 5], none], 40, 30),
    one("all that are left", [[2, 5]], 20, 200),
    one("none found", [none, none]),
  ],
  reference({ distance, slot, point, parent, nearest, edges, status }, { dim, more }) {
    const [near, log, words, origin] = [nearest, edges, status, parent].map((v) => Array.from(v));
    const b = distance.indexOf(Math.min(...distance));
    let add = slot[b];
    for (let i = 0; i <= more && words[treeStatus.left] > 0 && add !== NO_SLOT; i++) {
      log.splice(2 * words[treeStatus.edges], 2, add, origin[add]);
      near[add] = -1;
      words[treeStatus.edges]++;
      words[treeStatus.left]--;
      words[treeStatus.tip] = add;
      if (i === more || words[treeStatus.left] === 0) break;
      for (let j = 0; j < words[treeStatus.slots]; j++) {
        const d = squareOf(point, j, words[treeStatus.tip], dim);
        if (d < near[j]) [near[j], origin[j]] = [d, words[treeStatus.edges]];
      }
      const some = near.slice(0, words[treeStatus.slots]).map((d) => d < 0 ? Infinity : d);
      add = some.indexOf(Math.min(...some));
    }
    return { nearest: near, parent: origin, edges: log, status: words };
  },
  tolerance: { nearest: { rel: 1e-5 } },
});
