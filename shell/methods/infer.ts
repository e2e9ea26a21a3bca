import type { Device } from "../device/device.ts";
import { Cancelled } from "../errors.ts";
import { putRows } from "../ops/gather.ts";
import { Graph } from "../plan/graph.ts";
import { compile, type Plan } from "../plan/plan.ts";
import { data, state, type Tensor } from "../plan/tensor.ts";
import type { Rows } from "./rows.ts";

/** Rows in a batch of inference. */
const BATCH = 1024;
/** Batches between two looks at the hooks. */
const LOOK = 4;

/** How inference over many rows is followed and stopped. */
export interface InferHooks {
  /** Stops the work: `Cancelled` is thrown. */
  readonly signal?: AbortSignal;
  /** Called now and then: how many rows of how many are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A network that can be applied to the same rows again and again, as its weights change. */
export class RowMap {
  /** Results of the last run, [ids.length, width]. */
  readonly out: Tensor;
  readonly #ids: Uint32Array;
  readonly #index: Tensor;
  readonly #m: number;
  readonly #plan: Plan;

  /**
   * @param width numbers in a row of the result
   * @param record records the network for a batch [m, rows.width]; the result is [m, width]
   * @param ids which rows, in which order; default all
   */
  constructor(
    readonly device: Device,
    readonly rows: Rows,
    width: number,
    record: (g: Graph, x: Tensor) => Tensor,
    ids?: Uint32Array,
  ) {
    const n = ids?.length ?? rows.n;
    const m = this.#m = Math.min(BATCH, n, rows.window);
    // The last batch is filled up with its last row, whose further results `put` drops.
    this.#ids = new Uint32Array(Math.ceil(n / m) * m).fill(ids ? ids[n - 1] : n - 1);
    for (let i = 0; i < n; i++) this.#ids[i] = ids ? ids[i] : i;
    this.#index = data("index", [this.#ids.length], "u32");
    this.out = state("mapped", [n, width]);
    const g = new Graph("map rows");
    putRows(g, record(g, rows.batch(g, this.#index, m)), this.out, g.scalar("at", "u32"));
    this.#plan = compile(g);
  }

  async load(): Promise<void> {
    this.device.write(this.#index, this.#ids);
    await this.device.load(this.#plan);
  }

  /**
   * Applies the network, batch by batch.
   * @throws Cancelled if the signal is aborted
   */
  async run(hooks?: InferHooks): Promise<Tensor> {
    const m = this.#m, ids = this.#ids;
    const batches = ids.length / m;
    const most = Math.min(batches, Math.floor(this.rows.window / m), hooks ? LOOK : Infinity);
    for (let begin = 0; begin < batches; begin += most) {
      if (hooks?.signal?.aborted) throw new Cancelled("stopped on request");
      const count = Math.min(most, batches - begin);
      await this.rows.stage(ids.subarray(begin * m, (begin + count) * m));
      const step = (i: number) => ({ at: (begin + i) * m, staged: i * m });
      this.device.run(this.#plan, Array.from({ length: count }, (_, i) => step(i)));
      this.rows.ahead?.(ids.subarray((begin + count) * m));
      await this.device.sync();
      hooks?.onProgress?.(Math.min(this.out.shape[0], (begin + count) * m), this.out.shape[0]);
    }
    return this.out;
  }

  /** Gives the memory back, but for the results. */
  free(): void {
    this.device.unload(this.#plan);
    this.device.free(this.#index);
  }
}

/**
 * Applies a network to rows, batch by batch, and leaves the results on the device.
 *
 * @param ids which rows, in which order; default all
 * @param width numbers in a row of the result
 * @param record records the network for a batch [m, rows.width]; the result is [m, width]
 * @returns a tensor [ids.length, width], which the caller frees
 * @throws Cancelled if the signal is aborted
 */
export async function mapRows(
  device: Device,
  rows: Rows,
  width: number,
  record: (g: Graph, x: Tensor) => Tensor,
  ids?: Uint32Array,
  hooks?: InferHooks,
): Promise<Tensor> {
  const map = new RowMap(device, rows, width, record, ids);
  await map.load();
  try {
    return await map.run(hooks);
  } catch (error) {
    device.free(map.out);
    throw error;
  } finally {
    map.free();
  }
}
