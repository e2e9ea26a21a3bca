import { FAR, NO_SLOT } from "../../shell/kernels/nearest_cluster.ts";
import { treeStatus } from "../../shell/kernels/tree_nearest.ts";
import { treeStep } from "../../shell/kernels/tree_step.ts";
import { kernelTest } from "../harness.ts";
import { integers } from "./clustering.ts";

/** Nearest of each block: distance and slot. */
function one(name: string, nearest: readonly (readonly [number, number])[], left = 9) {
  const slots = 256 * nearest.length;
  const status = new Uint32Array(treeStatus.words);
  status[treeStatus.left] = left;
  status[treeStatus.edges] = 2;
  return {
    name,
    params: { blocks: nearest.length },
    buffers: {
      distance: Float32Array.from(nearest, ([d]) => d),
      slot: Uint32Array.from(nearest, ([, i]) => i),
      parent: Uint32Array.from(integers(slots, 3, 1)),
      nearest: integers(slots, 9, 2),
      edges: new Uint32Array(20),
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
    one("none found", [none, none]),
  ],
  reference({ distance, slot, parent, nearest, edges, status }) {
    const [near, log, words] = [nearest, edges, status].map((v) => Array.from(v));
    const b = distance.indexOf(Math.min(...distance));
    if (words[treeStatus.left] > 0 && slot[b] !== NO_SLOT) {
      log.splice(2 * words[treeStatus.edges], 2, slot[b], parent[slot[b]]);
      near[slot[b]] = -1;
      words[treeStatus.edges]++;
      words[treeStatus.left]--;
      words[treeStatus.tip] = slot[b];
    }
    return { nearest: near, edges: log, status: words };
  },
});
