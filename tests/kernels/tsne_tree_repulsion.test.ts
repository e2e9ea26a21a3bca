import { NO_NODE, tsneTreeRepulsion } from "../../shell/kernels/tsne_tree_repulsion.ts";
import { hilbertOrder } from "../../shell/project/hilbert.ts";
import { linksOf } from "../../shell/project/tree.ts";
import { kernelTest } from "../harness.ts";
import { difference, kernelOf, levels, mapOf, members, nodeOf, repulsions, WIDTH } from "./maps.ts";

function arguments_(n: number, dims: number, theta2: number, span = 10) {
  const y = mapOf(n, dims, 3, span);
  const order = hilbertOrder(y, WIDTH, dims);
  const nodes = members(order).map((list) => nodeOf(y, list));
  const points = new Float32Array(24 * levels(n)[0]);
  points.forEach((_, at) => {
    const place = Math.min(n - 1, 8 * Math.floor(at / 24) + at % 8);
    points[at] = y[order[place] * WIDTH + Math.floor(at % 24 / 8)];
  });
  return {
    name: `${n} points, ${dims} dimensions, theta^2 ${theta2}, span ${span}`,
    params: { n, nodes: nodes.length, theta2 },
    buffers: {
      points,
      order,
      centre: Float32Array.from(nodes.flatMap((node) => node.centre)),
      box: Float32Array.from(nodes.flatMap((node) => node.box)),
      side: Float32Array.from(nodes, (node) => node.side),
      link: linksOf(levels(n)),
      force: n * WIDTH,
      mass: n,
    },
  };
}

kernelTest(tsneTreeRepulsion, {
  cases: [
    arguments_(2, 2, 0.25),
    arguments_(8, 3, 0.25),
    arguments_(9, 2, 0.25),
    arguments_(65, 2, 0),
    arguments_(300, 3, 0.25),
    arguments_(1003, 2, 0.25, 40),
    arguments_(1003, 2, 1, 40),
    arguments_(700, 2, 0.25, 1e-4),
    { ...arguments_(40, 2, 0.25, 0), name: "all at one place" },
  ],
  reference({ points, order, centre, box, side, link }, { n, nodes, theta2 }) {
    const at = (place: number) =>
      [0, 1, 2].map((t) => points[24 * Math.floor(place / 8) + place % 8 + 8 * t]);
    const y = new Float64Array(n * WIDTH);
    for (let place = 0; place < n; place++) y.set(at(place), order[place] * WIDTH);
    if (theta2 === 0) return repulsions(y, y, true);
    const force = new Float64Array(n * WIDTH), mass = new Float64Array(n);
    for (let place = 0; place < n; place++) {
      const i = order[place], leaf = Math.floor(place / 8);
      const meet = (d: readonly number[], count: number) => {
        const w = kernelOf(d);
        mass[i] += count * w;
        d.forEach((v, t) => force[i * WIDTH + t] += count * w * w * v);
      };
      for (let node = nodes - 1; node !== NO_NODE;) {
        const away = [0, 1, 2].map((t) => {
          const mean = centre[4 * node + t];
          return Math.max(0, box[8 * leaf + t] - mean, mean - box[8 * leaf + 4 + t]);
        });
        if (side[node] < theta2 * away.reduce((sum, v) => sum + v * v, 0)) {
          meet(difference(y, i, centre, node), centre[4 * node + 3]);
        } else if (link[2 * node] === NO_NODE) {
          for (let other = 8 * node; other < Math.min(8 * node + 8, n); other++) {
            if (other !== place) meet(difference(y, i, y, order[other]), 1);
          }
        } else {
          node = link[2 * node];
          continue;
        }
        node = link[2 * node + 1];
      }
    }
    return { force, mass };
  },
  tolerance: { force: { abs: 5e-6, rel: 1e-5 }, mass: { rel: 3e-6 } },
});
