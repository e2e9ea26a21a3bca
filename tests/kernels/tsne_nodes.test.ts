import { tsneNodes } from "../../shell/kernels/tsne_nodes.ts";
import { kernelTest } from "../harness.ts";
import { levels, mapOf, members, nodeOf } from "./maps.ts";

/** All nodes of a tree over n points; those of level `level` are to be made. */
function arguments_(n: number, dims: number, level: number) {
  const y = mapOf(n, dims, 4);
  const counts = levels(n);
  const child = counts.slice(0, level - 1).reduce((a, b) => a + b, 0);
  const first = child + counts[level - 1];
  const nodes = members(Array.from({ length: n }, (_, i) => i)).map((list) => nodeOf(y, list));
  const fill = (width: number, values: (i: number) => number | number[]) => {
    const out = new Float32Array(nodes.length * width).fill(-7);
    for (let i = 0; i < first; i++) out.set([values(i)].flat(), i * width);
    return out;
  };
  return {
    name: `${n} points, level ${level}`,
    params: { first, count: counts[level], child, children: counts[level - 1] },
    buffers: {
      centre: fill(4, (i) => nodes[i].centre),
      box: fill(8, (i) => nodes[i].box),
      side: fill(1, (i) => nodes[i].side),
    },
  };
}

kernelTest(tsneNodes, {
  cases: [
    arguments_(9, 2, 1),
    arguments_(32, 3, 1),
    arguments_(33, 2, 1),
    arguments_(333, 3, 2),
    arguments_(2777, 2, 1),
  ],
  reference({ centre, box, side }, { first, count, child, children }) {
    const out = [centre, box, side].map((before) => Float64Array.from(before));
    for (let i = 0; i < count; i++) {
      const own = Array.from({ length: 4 }, (_, c) => child + 4 * i + c)
        .filter((c) => c < child + children);
      const mass = own.reduce((sum, c) => sum + centre[4 * c + 3], 0);
      const range = [0, 1, 2].map((t) => {
        const low = Math.min(...own.map((c) => box[8 * c + t]));
        const high = Math.max(...own.map((c) => box[8 * c + 4 + t]));
        const sum = own.reduce((total, c) => total + centre[4 * c + 3] * centre[4 * c + t], 0);
        out[0][4 * (first + i) + t] = sum / mass;
        out[1][8 * (first + i) + t] = low;
        out[1][8 * (first + i) + 4 + t] = high;
        return high - low;
      });
      out[0][4 * (first + i) + 3] = mass;
      out[1][8 * (first + i) + 3] = out[1][8 * (first + i) + 7] = 0;
      out[2][first + i] = Math.max(...range) ** 2;
    }
    return { centre: out[0], box: out[1], side: out[2] };
  },
  tolerance: { centre: { abs: 3e-6 }, side: { rel: 1e-6 } },
});
