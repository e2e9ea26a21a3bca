import type { Device, Numbers } from "../device/device.ts";
import type { Tensor } from "../plan/tensor.ts";

/** What an assignment left on the device, see the kernels `kmeans_assign` and `kmeans_distance`. */
interface Assigned {
  readonly x: Tensor;
  readonly centres: Tensor;
  readonly label: Tensor;
  readonly distance: Tensor;
  readonly sums: Tensor;
  readonly counts: Tensor;
  readonly size: Tensor;
}

/**
 * Gives every empty cluster the point that lies farthest from its centre: its label, and its share
 * in the sums from which the centres are then updated. Rare, hence done on the host.
 *
 * @param rows of a block of the sums
 * @param weights of the points, of which those of weight 0 are left where they are
 * @returns false if nothing is left to do: every point lies on its centre
 */
export async function refill(
  device: Device,
  t: Assigned,
  rows: number,
  weights?: ArrayLike<number>,
): Promise<boolean> {
  const [sizes, labels, distances] = await Promise.all(
    [t.size, t.label, t.distance].map((one) => device.read(one)),
  );
  const counts = (i: number) => !weights || weights[i] > 0;
  const taken = new Set<number>();
  for (let j = 0; j < sizes.length; j++) {
    if (sizes[j] > 0) continue;
    const far = farthest(distances, (i) => counts(i) && sizes[labels[i]] > 1 && !taken.has(i));
    if (far < 0 || await onCentre(device, t, far, distances[far])) break;
    taken.add(far);
    sizes[labels[far]]--;
    await move(device, t, rows, far, labels[far], j);
  }
  if (taken.size > 0) return true;
  // Points alone in their clusters: their centres come to them.
  const alone = farthest(distances, counts);
  if (alone < 0 || await onCentre(device, t, alone, distances[alone])) return false;
  await add(device, t.centres, labels[alone], await row(device, t.x, alone), 0);
  return true;
}

/** The point with the largest distance above zero among those that may be taken, or -1. */
function farthest(distances: Numbers, may: (i: number) => boolean): number {
  let best = -1, largest = 0;
  for (let i = 0; i < distances.length; i++) {
    if (distances[i] > largest && may(i)) [best, largest] = [i, distances[i]];
  }
  return best;
}

/**
 * A point whose squared distance is this small by its own square lies on its centre: the mean of
 * many equal points differs from them in the last digits.
 */
const ROUNDING = 1e-12;

/** Whether point i, `square` away from its centre, lies on it but for rounding. */
async function onCentre(device: Device, { x }: Assigned, i: number, square: number) {
  const [point, origin] = [await row(device, x, i), await row(device, x, 0)];
  let own = 0, apart = 0;
  point.forEach((v, d) => {
    own += v * v;
    apart += (v - origin[d]) ** 2;
  });
  return square <= ROUNDING * Math.max(own, apart);
}

/** Moves point i from one cluster to another: label, counts, sums. */
async function move(
  device: Device,
  t: Assigned,
  rows: number,
  i: number,
  from: number,
  to: number,
): Promise<void> {
  const [, k] = t.counts.shape;
  const origin = await row(device, t.x, 0);
  const x = (await row(device, t.x, i)).map((v, d) => v - origin[d]);
  device.write(t.label, Uint32Array.of(to), i);
  for (const [cluster, sign] of [[from, -1], [to, 1]]) {
    const at = Math.floor(i / rows) * k + cluster;
    const [count] = await device.read(t.counts, undefined, { at, length: 1 });
    device.write(t.counts, Uint32Array.of(count + sign), at);
    await add(device, t.sums, at, x.map((v) => sign * v), 1);
  }
}

/** Row i of a tensor whose last dimension is the row. */
async function row(device: Device, tensor: Tensor, i: number): Promise<Float32Array> {
  const length = tensor.shape.at(-1)!;
  return await device.read(tensor, undefined, { at: i * length, length }) as Float32Array;
}

/** Row i of a tensor becomes `keep` times itself plus x. */
async function add(device: Device, tensor: Tensor, i: number, x: Float32Array, keep: 0 | 1) {
  const sum = await row(device, tensor, i);
  x.forEach((v, d) => sum[d] = keep * sum[d] + v);
  device.write(tensor, sum, i * sum.length);
}
