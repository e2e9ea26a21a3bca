import type { Device } from "../device/device.ts";
import { Cancelled } from "../errors.ts";
import { umapEpoch } from "../kernels/umap_epoch.ts";
import { Graph } from "../plan/graph.ts";
import { compile, type Plan } from "../plan/plan.ts";
import { data, state, type Tensor } from "../plan/tensor.ts";
import { philox } from "../random.ts";
import type { Curve } from "./umap_curve.ts";
import type { SparseRows } from "./umap_graph.ts";

/** What the layout minimises and how. */
export interface LayoutSettings extends Curve {
  readonly dimensions: number;
  readonly epochs: number;
  /** Of the first epoch; it falls linearly to 0. */
  readonly learningRate: number;
  /** gamma. */
  readonly repulsion: number;
  /** Points drawn for each due edge. */
  readonly negatives: number;
  readonly seed: number;
}

/** Where a layout has got to. */
export interface LayoutProgress {
  /** Epochs done, and all. */
  readonly done: number;
  readonly total: number;
  /** The positions now, [m, dimensions]. */
  readonly positions: () => Promise<Float32Array>;
}

/** How it is watched. */
export interface LayoutHooks {
  readonly signal?: AbortSignal;
  /** Epochs between two calls, made even; by default as many as take some tens of milliseconds. */
  readonly every?: number;
  /** The layout waits for what it returns. */
  readonly onEpochs?: (progress: LayoutProgress) => void | Promise<void>;
}

/** Random words of the epochs: counter (0, epoch), key (seed, STREAM). */
const STREAM = 0x756d6170;

/**
 * Damping of an epoch's step: all edges of a point pull at once, from where their ends were before
 * the epoch, where the reference moves after each. 1/4 gives layouts as wide and with as low a cross
 * entropy as the reference's; 0 tears them, 1 leaves them narrow.
 */
const DAMPING = 0.25;

/** Pairs of points and forces between two looks at the signal: some tens of milliseconds. */
const LOOK = { wasm: 1e7, webgpu: 2e7 };
/** Steps of two epochs in one message, at most. */
const MOST = 64;

/**
 * Edges as the kernel takes them: the rate of edge (i, j) is `2^32 w_ij / max w`, so that the
 * heaviest edge is due in every epoch. Those that would be due less than once are left out.
 */
export function schedule({ start, column, weight }: SparseRows, epochs: number) {
  const most = weight.reduce((a, w) => Math.max(a, w), 0);
  const least = most / epochs;
  const from = new Uint32Array(start.length);
  const edge = new Uint32Array(column.length), rate = new Uint32Array(column.length);
  let count = 0, sum = 0;
  for (let i = 0; i + 1 < start.length; i++) {
    for (let at = start[i]; at < start[i + 1]; at++) {
      if (!(weight[at] >= least && weight[at] > 0)) continue;
      edge[count] = column[at];
      rate[count++] = Math.min(2 ** 32 - 1, Math.round(2 ** 32 * weight[at] / most));
      sum += weight[at] / most;
    }
    from[i + 1] = count;
  }
  // A tensor has an element at least.
  const size = Math.max(1, count);
  return { start: from, edge: edge.slice(0, size), rate: rate.slice(0, size), duePerEpoch: sum };
}

/**
 * UMAP's layout by stochastic gradient descent on a device: `m` points that move, from `begin` on,
 * among themselves or, if `fixed` are given, [n, dimensions], among those.
 *
 * The reference visits the edges of an epoch one by one and moves points at once, so its result
 * depends on the order, and on the race if several threads do it. Here every point sums up the
 * pull of its due edges and the push of its draws, both from the positions before the epoch, and
 * moves once (two buffers in turn): the same bits for any number of workers. An edge pulls both
 * its ends twice in the reference, once from either side: `pull` is 2 among moving points, 1
 * towards fixed ones. The due edges of an epoch are spread evenly, and each has the full number of
 * draws from the start.
 *
 * @throws Cancelled if the signal is aborted
 * @see McInnes, Healy, Melville (2018), UMAP, algorithm 5
 */
export async function layOut(
  device: Device,
  graph: SparseRows,
  begin: Float32Array,
  settings: LayoutSettings,
  hooks: LayoutHooks = {},
  fixed?: Float32Array,
): Promise<Float32Array> {
  const { dimensions, epochs } = settings;
  const edges = schedule(graph, epochs);
  const t = allocate(begin, edges, dimensions, fixed);
  const plan = planOf(t, settings);
  try {
    await device.load(plan);
    device.write(t.y, begin);
    if (fixed) device.write(t.z, fixed);
    for (const name of ["start", "edge", "rate"] as const) device.write(t[name], edges[name]);
    const positions = async () => await device.read(t.y) as Float32Array;
    const work = edges.duePerEpoch * (1 + settings.negatives);
    const most = Math.min(MOST, Math.max(1, Math.floor(LOOK[device.info.kind] / work / 2)));
    const steps = hooks.every ? Math.min(MOST, Math.ceil(hooks.every / 2)) : most;
    for (let epoch = 0; epoch < epochs; epoch += 2 * steps) {
      if (hooks.signal?.aborted) throw new Cancelled("umap: stopped on request");
      const done = Math.min(epochs, epoch + 2 * steps);
      device.run(plan, rowsOf(epoch, done, settings));
      await device.sync();
      await hooks.onEpochs?.({ done, total: epochs, positions });
    }
    return await positions();
  } finally {
    device.unload(plan);
    device.free(...new Set(Object.values(t)));
  }
}

interface Tensors {
  readonly y: Tensor;
  readonly moved: Tensor;
  /** The points that the others are: y itself, or fixed ones. */
  readonly z: Tensor;
  readonly start: Tensor;
  readonly edge: Tensor;
  readonly rate: Tensor;
}

function allocate(
  begin: Float32Array,
  { start, edge }: ReturnType<typeof schedule>,
  dimensions: number,
  fixed?: Float32Array,
): Tensors {
  const shape = [begin.length / dimensions, dimensions];
  const y = state("positions", shape);
  return {
    y,
    moved: state("moved positions", shape),
    z: fixed ? state("fixed positions", [fixed.length / dimensions, dimensions]) : y,
    start: data("first edges", [start.length], "u32"),
    edge: data("edges", [edge.length], "u32"),
    rate: data("rates", [edge.length], "u32"),
  };
}

/** Two epochs: there and back. */
function planOf(t: Tensors, settings: LayoutSettings): Plan {
  const g = new Graph("umap epochs");
  const { a, b, dimensions: dim, repulsion: gamma, negatives } = settings;
  const [m] = t.y.shape, [n] = t.z.shape, edges = t.edge.size;
  const among = t.z === t.y;
  const sizes = { m, n, dim, edges, negatives, a, b, gamma, damping: DAMPING };
  for (const [half, y, moved] of [[0, t.y, t.moved], [1, t.moved, t.y]] as const) {
    g.call(umapEpoch, { ...t, y, moved, z: among ? y : t.z }, {
      ...sizes,
      pull: among ? 2 : 1,
      epoch: g.scalar(`epoch${half}`, "u32"),
      key: g.scalar(`key${half}`, "u32"),
      alpha: g.scalar(`alpha${half}`),
    });
  }
  return compile(g);
}

/** The scalars of the epochs from `epoch` on, two in a row; past the last the rate is 0. */
function rowsOf(epoch: number, end: number, { epochs, learningRate, seed }: LayoutSettings) {
  const rows: Record<string, number>[] = [];
  const one = (half: 0 | 1, e: number) => ({
    [`epoch${half}`]: e,
    [`key${half}`]: philox([0, e, 0, 0], [seed, STREAM])[0],
    [`alpha${half}`]: e < epochs ? learningRate * (1 - e / epochs) : 0,
  });
  for (let e = epoch; e < end; e += 2) rows.push({ ...one(0, e), ...one(1, e + 1) });
  return rows;
}
