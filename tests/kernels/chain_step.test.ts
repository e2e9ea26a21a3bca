import { chainStep } from "../../shell/kernels/chain_step.ts";
import { chainStatus, FAR, NO_SLOT } from "../../shell/kernels/nearest_cluster.ts";
import { kernelTest, randoms } from "../harness.ts";
import { clusterDistancesFrom, padded, panels, place } from "./panels.ts";

interface Chain {
  name: string;
  count: number;
  dim: number;
  chain: readonly number[];
  /** Nearest of each block: distance and slot. */
  nearest: readonly (readonly [number, number])[];
  left?: number;
  merged?: number;
  empty?: readonly number[];
  linkage?: number;
  more?: number;
}

function one(
  { name, count, dim, chain, nearest, left = count, merged = 0, empty = [], ...rest }: Chain,
) {
  const { linkage = 0, more = 0 } = rest;
  const slots = padded(count);
  const cluster = new Float32Array(2 * slots);
  for (let i = 0; i < count; i++) {
    if (empty.includes(i)) continue;
    cluster[i] = 1 + i % 5;
    cluster[slots + i] = 0.25 * (i % 3);
  }
  const { length } = chain;
  const status = new Uint32Array(chainStatus.words);
  status[chainStatus.left] = left;
  status[chainStatus.length] = length;
  status[chainStatus.merges] = merged;
  status[chainStatus.tip] = chain[length - 1];
  status[chainStatus.before] = length > 1 ? chain[length - 2] : NO_SLOT;
  status[chainStatus.slots] = count;
  return {
    name,
    params: { slots, dim, blocks: nearest.length, linkage, more },
    buffers: {
      distance: Float32Array.from(nearest, ([d]) => d),
      slot: Uint32Array.from(nearest, ([, i]) => i),
      centre: panels(randoms(count * dim, 4, -3, 3), dim),
      cluster,
      chain: Uint32Array.from({ length: slots }, (_, i) => chain[i] ?? 77),
      merges: new Uint32Array(2 * count).fill(99),
      status,
    },
  };
}

const many = Array.from({ length: 150 }, (_, b) => [9 + b % 7, 256 * b] as const);

kernelTest(chainStep, {
  cases: [
    one({ name: "goes on", count: 5, dim: 2, chain: [0], nearest: [[1, 3]] }),
    one({ name: "merges", count: 5, dim: 3, chain: [4, 2, 0], nearest: [[1, 2]] }),
    one({ name: "merges up", count: 9, dim: 1, chain: [1, 0, 8], nearest: [[1, 0]] }),
    one({
      name: "starts again",
      count: 9,
      dim: 100,
      chain: [3, 2],
      nearest: [[1, 3]],
      left: 5,
      merged: 4,
      empty: [0, 1, 4],
    }),
    ...[0, 1].flatMap((linkage) => [
      one({
        name: `two more, ${linkage}`,
        count: 9,
        dim: 3,
        chain: [4],
        nearest: [[1, 2]],
        linkage,
        more: 2,
      }),
      one({
        name: `all, ${linkage}`,
        count: 150,
        dim: 5,
        chain: [3],
        nearest: [[1, 8]],
        linkage,
        more: 450,
      }),
    ]),
    one({ name: "the last merge", count: 2, dim: 10, chain: [0, 1], nearest: [[2, 0]] }),
    one({
      name: "nothing left",
      count: 2,
      dim: 10,
      chain: [0],
      nearest: [[FAR, NO_SLOT]],
      left: 1,
    }),
    one({
      name: "the first of equal blocks",
      count: 1000,
      dim: 2,
      chain: [7],
      nearest: [[2, 8], [1, 300], [1, 600], [FAR, NO_SLOT]],
    }),
    one({
      name: "the one before the tip of equals",
      count: 1000,
      dim: 2,
      chain: [600, 7],
      nearest: [[2, 8], [1, 300], [1, 600], [1, 999]],
    }),
    one({
      name: "many blocks",
      count: 38_400,
      dim: 1,
      chain: [5, 256 * 149, 6],
      nearest: many.map(([d, i], b) => b === 149 ? [1, i] : [d, i]),
    }),
    one({
      name: "equals in many blocks",
      count: 38_400,
      dim: 1,
      chain: [6],
      nearest: many.map(([, i], b) => [b % 75 === 70 ? 1 : 2, i]),
    }),
  ],
  reference(given, { slots, dim, linkage, more }) {
    const [centre, cluster] = [Array.from(given.centre), Array.from(given.cluster)];
    const [chain, merges, status] = [given.chain, given.merges, given.status]
      .map((v) => Array.from(v));
    const { left, length, merges: done, first, tip, before } = chainStatus;
    const merge = (a: number, b: number) => {
      const s = [cluster[a], cluster[b]], size = s[0] + s[1];
      let square = 0;
      for (let d = 0; d < dim; d++) {
        const x = centre[place(a, d, dim)], y = centre[place(b, d, dim)];
        square += (x - y) ** 2;
        centre[place(b, d, dim)] = (s[0] * x + s[1] * y) / size;
      }
      cluster[slots + b] = (s[0] * cluster[slots + a] + s[1] * cluster[slots + b]) / size +
        s[0] * s[1] / size ** 2 * square;
      [cluster[a], cluster[slots + a], cluster[b]] = [0, 0, size];
      [merges[2 * status[done]], merges[2 * status[done] + 1]] = [a, b];
      status[done]++;
      status[left]--;
      status[length] -= 2;
    };
    let low = Math.min(...given.distance);
    let all = Array.from(given.slot).filter((_, b) => given.distance[b] === low);
    for (let i = 0; i <= more && status[left] > 1; i++) {
      const nearest = all.includes(status[before]) ? status[before] : all[0];
      if (status[length] > 1 && nearest === status[before]) {
        merge(Math.min(nearest, status[tip]), Math.max(nearest, status[tip]));
      } else chain[status[length]++] = nearest;
      if (status[length] === 0 && status[left] > 1) {
        chain[0] = status[first] = cluster.findIndex((s) => s > 0);
        status[length] = 1;
      }
      if (status[length] > 0) status[tip] = chain[status[length] - 1];
      status[before] = status[length] > 1 ? chain[status[length] - 2] : NO_SLOT;
      const values = clusterDistancesFrom(status[tip], centre, cluster, dim, linkage);
      low = Math.min(...values);
      all = values.flatMap((d, slot) => d === low ? [slot] : []);
    }
    return { centre, cluster, chain, merges, status };
  },
  tolerance: { centre: { abs: 1e-6 }, cluster: { abs: 1e-6, rel: 1e-6 } },
});
