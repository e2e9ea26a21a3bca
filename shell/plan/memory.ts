import type { Call } from "./graph.ts";
import type { Tensor } from "./tensor.ts";

/** Where a plan keeps its temporaries. */
export interface Slots {
  /** Bytes of each slot. */
  readonly bytes: readonly number[];
  /** Slot of each temporary. */
  readonly of: ReadonlyMap<Tensor, number>;
}

interface Slot {
  bytes: number;
  /** Last call that uses the tenant; Infinity for one that the host reads. */
  until: number;
}

/**
 * Gives each temporary a slot for the time between its first and its last use.
 *
 * Greedy in order of first use: the smallest free slot that is large enough, else the largest free
 * one, which grows, else a new one. Slots are whole buffers on a GPU, because reading one range of
 * a buffer and writing another in one dispatch is refused there.
 */
export function assignSlots(calls: readonly Call[], outputs: ReadonlySet<Tensor>): Slots {
  const last = new Map<Tensor, number>();
  calls.forEach((call, i) => {
    for (const t of call.tensors) if (t.storage === null) last.set(t, i);
  });
  for (const t of outputs) last.set(t, Infinity);
  const slots: Slot[] = [];
  const of = new Map<Tensor, number>();
  calls.forEach((call, i) => {
    for (const t of call.tensors) {
      if (t.storage !== null || of.has(t)) continue;
      of.set(t, place(slots, t.bytes, i, last.get(t)!));
    }
  });
  return { bytes: slots.map((s) => s.bytes), of };
}

/** Index of the slot for a tenant of `bytes` from call `from` to call `until`. */
function place(slots: Slot[], bytes: number, from: number, until: number): number {
  let best = -1;
  slots.forEach((slot, i) => {
    if (slot.until >= from) return;
    if (best < 0 || better(slot.bytes, slots[best].bytes, bytes)) best = i;
  });
  if (best < 0) best = slots.push({ bytes: 0, until: 0 }) - 1;
  slots[best].bytes = Math.max(slots[best].bytes, bytes);
  slots[best].until = until;
  return best;
}

/** Whether a slot of `a` bytes suits a tenant of `bytes` better than one of `b`. */
function better(a: number, b: number, bytes: number): boolean {
  if (a >= bytes && b >= bytes) return a < b;
  return a > b;
}
