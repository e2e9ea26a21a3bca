import type { Device } from "../device/device.ts";
import { gather } from "../kernels/gather.ts";
import { kmeansPick } from "../kernels/kmeans_pick.ts";
import { kmeansTrials } from "../kernels/kmeans_trials.ts";
import { Graph } from "../plan/graph.ts";
import { compile, type Plan } from "../plan/plan.ts";
import { data, state, type Tensor } from "../plan/tensor.ts";
import type { Philox } from "../random.ts";

/** Rows whose squared distances are added up together. */
const ROWS = 256;

/**
 * Starting centres for K-Means by greedy k-means++: the first is a random point; each next one is
 * the best of `2 + floor(ln k)` points drawn with probability proportional to the squared distance
 * to the nearest centre, best being the one that lowers the sum of these distances most. A weight
 * multiplies a point's distance, and its chance to be the first.
 *
 * Distances, draws and sums stay on the device; the host reads a few sums per centre.
 * @see Arthur and Vassilvitskii (2007), k-means++: the advantages of careful seeding, with the
 * trials of section 7
 */
export class Seeding {
  readonly #n: number;
  readonly #trials: number;
  readonly #blocks: number;
  readonly #tensors: Record<
    "block" | "offset" | "index" | "candidate" | "nearest" | "sums" | "weight",
    Tensor
  >;
  readonly #chosen: Tensor;
  readonly #plans: Readonly<Record<"first" | "next" | "place", Plan>>;

  /**
   * @param points [n, dim]
   * @param centres [k, dim], where {@link seed} puts the result
   * @param weights of the points, 0 or more, not all 0; default 1
   */
  constructor(
    readonly device: Device,
    points: Tensor,
    readonly centres: Tensor,
    readonly weights?: Float64Array,
  ) {
    const [n, dim] = points.shape;
    const [k] = centres.shape;
    const trials = 2 + Math.floor(Math.log(k));
    this.#n = n;
    this.#trials = trials;
    this.#blocks = Math.ceil(n / ROWS);
    this.#chosen = data("chosen", [k], "u32");
    const t = this.#tensors = {
      block: data("block", [trials], "u32"),
      offset: data("offset", [trials]),
      index: data("index", [trials], "u32"),
      weight: data("weight", [n]),
      candidate: state("candidate", [trials, dim]),
      nearest: state("nearest", [trials, n]),
      sums: state("sums", [this.#blocks, trials]),
    };
    const take = { source: points, index: t.index, y: t.candidate };
    const measure = { x: points, ...t };
    const sizes = { n, dim, trials, rows: ROWS };

    const first = new Graph("k-means++, first centre");
    first.call(gather, take, { rows: n, m: trials, width: dim, at: 0 });
    first.call(kmeansTrials, measure, { ...sizes, best: 0, first: 1 });

    const next = new Graph("k-means++, next centre");
    const best = next.scalar("best", "u32");
    next.call(kmeansPick, t, { n, count: trials, rows: ROWS, best });
    next.call(gather, take, { rows: n, m: trials, width: dim, at: 0 });
    next.call(kmeansTrials, measure, { ...sizes, best, first: 0 });

    const place = new Graph("k-means++, centres");
    const all = { source: points, index: this.#chosen, y: centres };
    place.call(gather, all, { rows: n, m: k, width: dim, at: 0 });
    this.#plans = { first: compile(first), next: compile(next), place: compile(place) };
  }

  async load(): Promise<void> {
    for (const plan of Object.values(this.#plans)) await this.device.load(plan);
    const largest = this.weights?.reduce((a, b) => Math.max(a, b));
    const weight = new Float32Array(this.#n).fill(1);
    this.weights?.forEach((w, i) => weight[i] = w / largest!);
    this.device.write(this.#tensors.weight, weight);
  }

  /** Puts new centres in place. The same state of `random` gives the same ones. */
  async seed(random: Philox): Promise<void> {
    const { device } = this;
    const { index, sums } = this.#tensors;
    const k = this.#chosen.size;
    const chosen = [this.weights ? drawn(this.weights, random) : random.below(this.#n)];
    device.write(index, new Uint32Array(this.#trials).fill(chosen[0]));
    device.run(this.#plans.first);
    let best = 0;
    let parts = await device.read(sums);
    while (chosen.length < k && this.#draw(parts, best, random)) {
      device.run(this.#plans.next, [{ best }]);
      let candidates;
      [parts, candidates] = await Promise.all([device.read(sums), device.read(index)]);
      best = this.#best(parts);
      chosen.push(candidates[best]);
    }
    // If every point lies on a centre, any will do.
    while (chosen.length < k) chosen.push(random.below(this.#n));
    device.write(this.#chosen, Uint32Array.from(chosen));
    device.run(this.#plans.place);
  }

  /** The trial with the smallest sum, the first of equals. */
  #best(sums: ArrayLike<number>): number {
    const totals = new Float64Array(this.#trials);
    for (let i = 0; i < sums.length; i++) totals[i % this.#trials] += sums[i];
    return totals.indexOf(Math.min(...totals));
  }

  /** Draws positions in the cumulative sum of squared distances; false if the sum is zero. */
  #draw(sums: ArrayLike<number>, best: number, random: Philox): boolean {
    const cumulative = new Float64Array(this.#blocks + 1);
    for (let b = 0; b < this.#blocks; b++) {
      cumulative[b + 1] = cumulative[b] + sums[b * this.#trials + best];
    }
    const total = cumulative[this.#blocks];
    if (!(total > 0)) return false;
    const block = new Uint32Array(this.#trials), offset = new Float32Array(this.#trials);
    for (let t = 0; t < this.#trials; t++) {
      const at = random.uniform() * total;
      block[t] = blockOf(cumulative, at);
      offset[t] = at - cumulative[block[t]];
    }
    this.device.write(this.#tensors.block, block);
    this.device.write(this.#tensors.offset, offset);
    return true;
  }

  /** Gives the memory back. */
  free(): void {
    for (const plan of Object.values(this.#plans)) this.device.unload(plan);
    this.device.free(this.#chosen, ...Object.values(this.#tensors));
  }
}

/** An index, drawn in proportion to its weight. */
function drawn(weights: Float64Array, random: Philox): number {
  const total = weights.reduce((a, b) => a + b, 0);
  let at = random.uniform() * total;
  // Rounding may leave a little at the end.
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    if (at < weights[i]) return i;
    at -= weights[i];
    last = i;
  }
  return last;
}

/**
 * k different points at random, in the order in which they are drawn; with weights, each in
 * proportion to its weight among those that are left, and those of weight 0 last.
 *
 * @see Efraimidis and Spirakis (2006), Weighted random sampling with a reservoir: the points with
 * the smallest `-ln(u_i) / w_i`
 */
export function randomPoints(
  n: number,
  k: number,
  random: Philox,
  weights?: Float64Array,
): Uint32Array {
  if (!weights) return random.permutation(n).slice(0, k);
  const keys = Float64Array.from(weights, (w) => -Math.log(1 - random.uniform()) / w);
  // 0 / 0 is a point of weight 0 as well.
  keys.forEach((key, i) => keys[i] = weights[i] > 0 ? key : Infinity);
  const order = Uint32Array.from(keys, (_, i) => i);
  return order.sort((a, b) => keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : a - b).slice(0, k);
}

/** The block b with `cumulative[b] <= at < cumulative[b + 1]`, by bisection. */
export function blockOf(cumulative: Float64Array, at: number): number {
  let low = 0, high = cumulative.length - 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle + 1] > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
