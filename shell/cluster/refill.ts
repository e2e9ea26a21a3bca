import type { Device, Numbers } from "../device/device.ts";
import type { Tensor } from "../plan/tensor.ts";

/** What an assignment left on the device. */
interface Assigned {
  readonly device: Device;
  readonly points: Tensor;
  readonly centres: Tensor;
  readonly label: Tensor;
  readonly distance: Tensor;
}

/**
 * Gives every empty cluster the point that lies farthest from its centre, and takes that point out
 * of the mean of the cluster that it leaves. Rare, hence done on the host.
 *
 * @param size points of each cluster
 * @returns false if no point could move: all lie on their centres
 */
export async function refill(at: Assigned, size: Tensor): Promise<boolean> {
  const { device } = at;
  const sizes = await device.read(size);
  const empty = Array.from(sizes.keys()).filter((j) => sizes[j] === 0);
  const labels = await device.read(at.label);
  const distances = await device.read(at.distance);
  const centres = await device.read(at.centres);
  const dim = centres.length / sizes.length;
  const taken = new Set<number>();
  for (const j of empty) {
    const far = farthest(distances, labels, sizes, taken);
    if (far < 0) break;
    taken.add(far);
    const x = await device.read(at.points, undefined, { at: far * dim, length: dim });
    const donor = labels[far];
    for (let d = 0; d < dim; d++) {
      const c = centres[donor * dim + d];
      centres[donor * dim + d] = c + (c - x[d]) / (sizes[donor] - 1);
      centres[j * dim + d] = x[d];
    }
    sizes[donor]--;
  }
  device.write(at.centres, centres);
  return taken.size > 0;
}

/** The point with the largest distance above zero that is not alone in its cluster, or -1. */
function farthest(distances: Numbers, labels: Numbers, sizes: Numbers, taken: Set<number>): number {
  let best = -1, largest = 0;
  for (let i = 0; i < distances.length; i++) {
    if (distances[i] > largest && sizes[labels[i]] > 1 && !taken.has(i)) {
      [best, largest] = [i, distances[i]];
    }
  }
  return best;
}
