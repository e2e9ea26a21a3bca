import { tsneLeaves } from "../../shell/kernels/tsne_leaves.ts";
import { kernelTest } from "../harness.ts";
import { levels, mapOf, members, nodeOf, WIDTH } from "./maps.ts";

/** 7 does not divide these numbers: a permutation. */
const permutation = (n: number) => Uint32Array.from({ length: n }, (_, i) => (7 * i + 3) % n);

function arguments_(n: number, dims: number) {
  const nodes = levels(n).reduce((a, b) => a + b, 0);
  return {
    params: { n },
    buffers: {
      y: mapOf(n, dims, 1),
      order: permutation(n),
      points: 24 * levels(n)[0],
      centre: new Float32Array(nodes * 4).fill(-7),
      box: new Float32Array(nodes * 8).fill(-7),
      side: new Float32Array(nodes).fill(-7),
    },
  };
}

kernelTest(tsneLeaves, {
  cases: [
    arguments_(1, 2),
    arguments_(5, 3),
    arguments_(8, 2),
    arguments_(9, 3),
    arguments_(64, 2),
    arguments_(515, 3),
  ],
  reference({ y, order, centre, box, side }, { n }) {
    const [leaves] = levels(n);
    const points = new Float64Array(24 * leaves);
    const out = [centre, box, side].map((before) => Float64Array.from(before));
    members(order).slice(0, leaves).forEach((list, leaf) => {
      for (let at = 0; at < 24; at++) {
        const point = list[Math.min(at % 8, list.length - 1)];
        points[leaf * 24 + at] = y[point * WIDTH + Math.floor(at / 8)];
      }
      const node = nodeOf(y, list);
      out[0].set(node.centre, leaf * 4);
      out[1].set(node.box, leaf * 8);
      out[2][leaf] = node.side;
    });
    return { points, centre: out[0], box: out[1], side: out[2] };
  },
  tolerance: { centre: { abs: 3e-6 }, side: { rel: 1e-6 } },
});
