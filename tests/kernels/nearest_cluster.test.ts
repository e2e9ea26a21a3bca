import {
  chainStatus,
  clusterDistances,
  FAR,
  nearestCluster,
  NO_SLOT,
} from "../../shell/kernels/nearest_cluster.ts";
import { kernelTest, randoms } from "../harness.ts";
import { integers } from "./clustering.ts";
import { clusterDistancesFrom, leastOfBlocks, padded, panels } from "./panels.ts";

const { ward, average } = clusterDistances;

interface Ends {
  tip?: number;
  before?: number;
  left?: number;
}

/** `count` slots, every seventh of them empty but for the tip. */
function one(
  count: number,
  dim: number,
  linkage: number,
  rows: Float32Array,
  sizes: Float32Array,
  { tip = 0, before = NO_SLOT, left = count }: Ends,
) {
  const slots = padded(count);
  const cluster = new Float32Array(2 * slots);
  cluster.set(sizes.map((s, i) => i % 7 === 6 && i !== tip ? 0 : s));
  cluster.set(randoms(count, 9, 0, 1), slots);
  const status = new Uint32Array(chainStatus.words);
  status[chainStatus.left] = left;
  status[chainStatus.tip] = tip;
  status[chainStatus.before] = before;
  status[chainStatus.slots] = count;
  const blocks = Math.ceil(slots / 256);
  return {
    name: `${count} x ${dim}, linkage ${linkage}, tip ${tip}, before ${before}, left ${left}`,
    params: { slots, dim, linkage },
    buffers: { centre: panels(rows, dim), cluster, status, distance: blocks, slot: blocks },
  };
}

const sizesOf = (count: number) => integers(count, 5, 3).map((v) => v + 1);

const some = (count: number, dim: number, linkage: number, tip = 0) =>
  one(count, dim, linkage, randoms(count * dim, 4, -3, 3), sizesOf(count), { tip });

/** Whole numbers and single points: many equal distances, all of them exact. */
const ties = (count: number, tip: number, before: number) =>
  one(count, 2, ward, integers(2 * count, 3, 6), new Float32Array(count).fill(1), { tip, before });

kernelTest(nearestCluster, {
  cases: [
    ...[ward, average].flatMap((linkage) => [
      some(2, 1, linkage),
      some(3, 10, linkage, 2),
      some(8, 2, linkage, 7),
      some(9, 3, linkage, 8),
      some(255, 4, linkage, 100),
      some(257, 5, linkage, 256),
      some(1100, 33, linkage, 511),
    ]),
    ties(40, 3, NO_SLOT),
    ...[0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11].map((before) => ties(40, 12, before)),
    ties(700, 600, 300),
    ties(700, 5, 699),
    one(20, 2, ward, randoms(40, 1), sizesOf(20), { left: 1 }),
  ],
  reference({ centre, cluster, status }, { slots, dim, linkage }) {
    const tip = status[chainStatus.tip], left = status[chainStatus.left];
    const some = left > 1 ? clusterDistancesFrom(tip, centre, cluster, dim, linkage) : [];
    const values = Array.from({ length: slots }, (_, i) => some[i] ?? FAR);
    return leastOfBlocks(values, status[chainStatus.before], FAR);
  },
  tolerance: { distance: { rel: 1e-5 } },
});
