import { FAR } from "../../shell/kernels/nearest_cluster.ts";
import { treeNearest, treeStatus } from "../../shell/kernels/tree_nearest.ts";
import { kernelTest, randoms } from "../harness.ts";
import { integers } from "./clustering.ts";
import { leastOfBlocks, padded, panels, squareOf } from "./panels.ts";

/** `count` points, every third of them in the tree. */
function one(count: number, dim: number, rows: Float32Array, tip: number, left = count) {
  const slots = padded(count);
  const blocks = Math.ceil(slots / 256);
  const status = new Uint32Array(treeStatus.words);
  status[treeStatus.left] = left;
  status[treeStatus.edges] = 41;
  status[treeStatus.tip] = tip;
  status[treeStatus.slots] = count;
  const earlier = integers(slots, 2 * dim, 8);
  const inside = (i: number) => i >= count || i === tip || i % 3 === 1;
  return {
    name: `${count} x ${dim}, tip ${tip}, left ${left}`,
    params: { slots, dim },
    buffers: {
      point: panels(rows, dim),
      status,
      nearest: earlier.map((v, i) => inside(i) ? -1 : i % 5 ? v : FAR),
      parent: Uint32Array.from(earlier, (v) => 3 + v),
      distance: blocks,
      slot: blocks,
    },
  };
}

const some = (count: number, dim: number, tip = 0) => one(count, dim, randoms(count * dim, 4), tip);

kernelTest(treeNearest, {
  cases: [
    some(1, 1),
    some(2, 3),
    some(7, 2, 6),
    some(9, 10, 8),
    some(255, 5, 30),
    some(257, 4, 256),
    some(1030, 33, 511),
    one(600, 2, integers(1200, 3, 6), 599),
    one(20, 2, integers(40, 3, 6), 3, 0),
  ],
  reference({ point, status, nearest, parent }, { slots, dim }) {
    const [near, from] = [Array.from(nearest), Array.from(parent)];
    const some = status[treeStatus.left] > 0;
    for (let i = 0; some && i < slots; i++) {
      const d = squareOf(point, i, status[treeStatus.tip], dim);
      if (d < near[i]) [near[i], from[i]] = [d, status[treeStatus.edges]];
    }
    const outside = near.map((d) => some && d >= 0 ? d : FAR);
    return { nearest: near, parent: from, ...leastOfBlocks(outside, -1, FAR) };
  },
  tolerance: { nearest: { rel: 1e-5 }, distance: { rel: 1e-5 } },
});
