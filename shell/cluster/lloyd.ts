import { Cancelled } from "../errors.ts";
import type { Device } from "../device/device.ts";
import { kmeansAssign } from "../kernels/kmeans_assign.ts";
import { kmeansDistance } from "../kernels/kmeans_distance.ts";
import { kmeansStatus, kmeansStops } from "../kernels/kmeans_status.ts";
import { kmeansUpdate } from "../kernels/kmeans_update.ts";
import { kmeansWeightedSums } from "../kernels/kmeans_weighted_sums.ts";
import { kmeansWeightedUpdate } from "../kernels/kmeans_weighted_update.ts";
import { Graph } from "../plan/graph.ts";
import { compile, type Plan } from "../plan/plan.ts";
import { state, type Tensor } from "../plan/tensor.ts";
import { refill } from "./refill.ts";

/**
 * Why Lloyd's algorithm ended: no label changed; the centres moved less than the tolerance; the
 * iterations were used up; every point lies on its centre although clusters are empty.
 */
export type StopReason = "stable" | "tolerance" | "limit" | "duplicates";

/** One iteration, for a log. */
export interface Iteration {
  /** From 1 on. */
  readonly iteration: number;
  /** Points whose label changed. */
  readonly changed: number;
  /** Sum of the squared steps of the centres. */
  readonly shift: number;
  /** Inertia after the labels changed, before the centres moved; only if a history is kept. */
  readonly inertia?: number;
}

/** The end of a run from one start. */
export interface Ending {
  readonly inertia: number;
  readonly iterations: number;
  readonly reason: StopReason;
  /** Inertia of each iteration as in {@link Iteration}; empty unless it is kept. */
  readonly history: readonly number[];
}

/** Settings of {@link Lloyd}. */
export interface LloydOptions {
  /** Iterations at most. */
  readonly limit: number;
  /** Stop at this sum of squared steps of the centres. */
  readonly tolerance: number;
  /** Weight of each point, 0 or more. */
  readonly weights?: Float64Array;
  /** Centres have length 1, for points of length 1. */
  readonly unit?: boolean;
  /** Measure the inertia of every iteration. */
  readonly history?: boolean;
}

/** Multiply-adds between two looks at the state: some tens of milliseconds. */
const LOOK = 1e9;
/** Iterations between two looks, at most. */
const MOST = 32;

/**
 * Rows that are summed up together: enough blocks for all cores, few enough partial sums; whole
 * groups of the kernel's bodies.
 */
function rowsOfBlock(kind: "wasm" | "webgpu", k: number): number {
  const [least, unit] = kind === "wasm" ? [504, 24] : [128, 64];
  return Math.ceil(Math.max(least, 4 * k) / unit) * unit;
}

/** Everything that the kernels share. */
function allocate(points: Tensor, k: number, rows: number, limit: number) {
  const [n, dim] = points.shape;
  const blocks = Math.ceil(n / rows);
  return {
    centres: state("centres", [k, dim]),
    status: state("status", [2 + k]),
    label: state("label", [n], "u32"),
    bound: state("bound", [2, n]),
    distance: state("distance", [n]),
    sums: state("sums", [blocks, k, 4 * Math.ceil(dim / 4)]),
    counts: state("counts", [blocks, k], "u32"),
    changed: state("changed", [blocks], "u32"),
    shift: state("shift", [k]),
    size: state("size", [k], "u32"),
    history: state("history", [limit, 2]),
    inertia: state("inertia", [blocks]),
    // Only where points are weighted or centres have length 1.
    weight: state("weight", [n]),
    masses: state("masses", [blocks, k]),
  };
}

/**
 * Lloyd's algorithm on a device. An iteration is assignment, update and a look whether to stop, all
 * recorded; the host reads two words every few iterations. Iterations after the stop do nothing,
 * so the result does not depend on how often the host looks.
 */
export class Lloyd {
  readonly tensors: ReturnType<typeof allocate>;
  readonly #rows: number;
  readonly #batch: number;
  readonly #weighted: boolean;
  readonly #plans: Readonly<Record<"assign" | "finish" | "step" | "measure", Plan>>;

  constructor(
    readonly device: Device,
    readonly points: Tensor,
    k: number,
    readonly options: LloydOptions,
  ) {
    const [n, dim] = points.shape;
    const { limit, tolerance, weights, unit } = options;
    const rows = rowsOfBlock(device.info.kind, k);
    const blocks = Math.ceil(n / rows);
    this.#rows = rows;
    this.#batch = Math.max(1, Math.min(MOST, limit, Math.floor(LOOK / (n * dim * k))));
    this.#weighted = weights !== undefined || unit === true;
    this.tensors = allocate(points, k, rows, limit);
    const t = { x: points, ...this.tensors };
    const assign = (g: Graph) => g.call(kmeansAssign, t, { n, dim, k, rows });
    const finish = (g: Graph) => {
      if (this.#weighted) {
        // In place of the sums and counts that the assignment keeps.
        g.call(kmeansWeightedSums, t, { n, dim, k, rows });
        g.call(kmeansWeightedUpdate, t, { dim, k, blocks, unit: unit ? 1 : 0 });
      } else g.call(kmeansUpdate, t, { dim, k, blocks });
      g.call(kmeansStatus, t, { blocks, k, limit, tolerance });
    };
    this.#plans = {
      assign: plan("k-means assignment", assign),
      finish: plan("k-means update", finish),
      step: plan("k-means iteration", assign, finish),
      measure: plan("k-means distances", (g) => g.call(kmeansDistance, t, { n, dim, rows })),
    };
  }

  async load(): Promise<void> {
    for (const plan of Object.values(this.#plans)) await this.device.load(plan);
    if (this.#weighted) this.device.write(this.tensors.weight, this.#relative());
  }

  /** The weights by the largest, so that no sum overflows. */
  #relative(): Float32Array {
    const { weights } = this.options;
    const n = this.points.shape[0];
    if (!weights) return new Float32Array(n).fill(1);
    const largest = weights.reduce((a, b) => Math.max(a, b));
    return Float32Array.from(weights, (w) => w / largest);
  }

  /**
   * Iterates from the centres that are in place.
   * @throws Cancelled if `signal` is aborted
   */
  async run(signal?: AbortSignal, report?: (one: Iteration) => void): Promise<Ending> {
    const { device } = this;
    const t = { x: this.points, ...this.tensors };
    device.write(t.status, new Float32Array(t.status.size));
    const { weights } = this.options;
    const history: number[] = [];
    let told = 0;
    let refilled = false;
    while (true) {
      if (signal?.aborted) throw new Cancelled("kmeans: stopped on request");
      if (refilled) device.run(this.#plans.finish);
      else await this.#steps(history);
      const [stop, iterations] = await device.read(t.status);
      refilled = stop === kmeansStops.empty;
      if (refilled) {
        device.run(this.#plans.measure);
        if (!await refill(device, t, this.#rows, weights)) {
          return await this.#end("duplicates", iterations, history);
        }
        // No bound knows of what was moved. The iteration ends once more, without empty clusters.
        device.write(t.bound, new Float32Array(this.points.shape[0]));
        this.#resume(iterations - 1);
        continue;
      }
      if (report) await this.#tell(told, iterations, history, report);
      told = iterations;
      if (stop !== kmeansStops.running) return await this.#end(reasonOf(stop), iterations, history);
    }
  }

  /** The next iterations: some, or one whose inertia is noted. */
  async #steps(history: number[]): Promise<void> {
    const { device } = this;
    if (!this.options.history) {
      device.run(this.#plans.step, new Array(this.#batch).fill({}));
      return;
    }
    device.run(this.#plans.assign);
    device.run(this.#plans.measure);
    device.run(this.#plans.finish);
    history.push(await this.#inertia());
  }

  /** `sum_i w_i ||x_i - c_label(i)||^2` as last measured; half of it for unit centres. */
  async #inertia(): Promise<number> {
    const { weights, unit } = this.options;
    const parts = await this.device.read(this.tensors[weights ? "distance" : "inertia"]);
    let sum = 0;
    parts.forEach((part, i) => sum += weights ? weights[i] * part : part);
    return unit ? sum / 2 : sum;
  }

  #resume(iterations: number): void {
    this.device.write(this.tensors.status, Float32Array.of(kmeansStops.running, iterations));
  }

  async #tell(
    from: number,
    to: number,
    history: readonly number[],
    report: (one: Iteration) => void,
  ): Promise<void> {
    if (to === from) return;
    const range = { at: 2 * from, length: 2 * (to - from) };
    const rows = await this.device.read(this.tensors.history, undefined, range);
    for (let i = from; i < to; i++) {
      const at = 2 * (i - from);
      const one = { iteration: i + 1, changed: rows[at], shift: rows[at + 1] };
      report(history.length > 0 ? { ...one, inertia: history[i] } : one);
    }
  }

  /** Labels of the last centres, which a stable state has already, and their distances. */
  async #end(
    reason: StopReason,
    iterations: number,
    history: readonly number[],
  ): Promise<Ending> {
    const { device } = this;
    if (reason !== "stable") {
      this.#resume(iterations);
      device.run(this.#plans.assign);
    }
    device.run(this.#plans.measure);
    return { inertia: await this.#inertia(), iterations, reason, history };
  }

  /** Gives the memory back, but for the points. */
  free(): void {
    for (const plan of Object.values(this.#plans)) this.device.unload(plan);
    this.device.free(...Object.values(this.tensors));
  }
}

/** A plan of what `parts` record. */
function plan(name: string, ...parts: ((g: Graph) => void)[]): Plan {
  const g = new Graph(name);
  for (const record of parts) record(g);
  return compile(g);
}

function reasonOf(stop: number): StopReason {
  if (stop === kmeansStops.stable) return "stable";
  return stop === kmeansStops.tolerance ? "tolerance" : "limit";
}
