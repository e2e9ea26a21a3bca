import type { Device } from "../device/device.ts";
import { gatherRows } from "../ops/gather.ts";
import type { Graph } from "../plan/graph.ts";
import { data, type Tensor } from "../plan/tensor.ts";

/** Rows that training shows side by side: pairs, triplets, or single rows with a class. */
export interface Tuples {
  /** Rows of a tuple. */
  readonly arity: number;
  /** Tuples in an epoch. */
  readonly count: number;
  /** The tuples of an epoch in order. */
  epoch(epoch: number): {
    /** `columns[c][i]`: the row at place c of tuple i. */
    readonly columns: readonly Uint32Array[];
    /** A number for each tuple: whether a pair is similar, or a class. */
    readonly marks?: Uint32Array;
  };
}

/**
 * Lays tuples out for training: the batch of a step holds all first members, then all second ones,
 * so that a network sees them in one go.
 */
export class TupleOrder {
  /** Rows in a batch: whole tuples. */
  readonly batch: number;
  /** 0, 1, 2, ...: picks rows of a batch by their place. */
  readonly #places: Tensor;
  readonly #marks: Tensor;

  /** @throws RangeError if a batch has no room for a tuple */
  constructor(readonly device: Device, readonly tuples: Tuples, batch: number) {
    const { arity, count } = tuples;
    if (batch < arity) {
      throw new RangeError(`a batch must have room for ${arity} rows, got ${batch}`);
    }
    this.batch = arity * Math.min(Math.floor(batch / arity), count);
    this.#places = data("places", [arity * count], "u32");
    this.#marks = data("marks", [arity * count], "u32");
    device.write(this.#places, Uint32Array.from({ length: arity * count }, (_, i) => i));
  }

  /** Row numbers of an epoch, batch after batch; the marks are written on the way. */
  epoch(epoch: number): Uint32Array {
    const { arity, count } = this.tuples;
    const { columns, marks } = this.tuples.epoch(epoch);
    const each = this.batch / arity;
    const order = new Uint32Array(arity * count), aside = new Uint32Array(arity * count);
    for (let first = 0; first < count; first += each) {
      const last = Math.min(first + each, count);
      columns.forEach((column, c) => {
        order.set(column.subarray(first, last), arity * first + c * (last - first));
      });
      if (marks) aside.set(marks.subarray(first, last), arity * first);
    }
    this.device.write(this.#marks, aside);
    return order;
  }

  /** The members of the tuples of a batch: z [arity m, width] as `arity` tensors [m, width]. */
  members(g: Graph, z: Tensor): Tensor[] {
    const m = z.shape[0] / this.tuples.arity;
    return Array.from(
      { length: this.tuples.arity },
      (_, c) => gatherRows(g, z, this.#places, m, c * m),
    );
  }

  /** The marks of the tuples of a batch, u32 [m]. */
  marks(g: Graph, z: Tensor): Tensor {
    const m = z.shape[0] / this.tuples.arity;
    return gatherRows(g, this.#marks, this.#places, m, g.scalar("at", "u32"));
  }

  free(): void {
    this.device.free(this.#places, this.#marks);
  }
}
