import type { Device } from "../device/device.ts";
import { Cancelled } from "../errors.ts";
import type { Plan } from "../plan/plan.ts";
import type { Tensor } from "../plan/tensor.ts";

/** How to stop, and whom to tell. */
export interface Growth {
  readonly signal?: AbortSignal;
  /** Called now and then: how many merges of how many are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A tree that grows on a device by a plan of 1 + `more` steps, one logged pair at a time. */
export interface Growing {
  readonly plan: Plan;
  readonly status: Tensor;
  /** [at least 2 total] u32: the pairs. */
  readonly log: Tensor;
  /** Pairs in the end. */
  readonly total: number;
  /** Numbers of a slot. */
  readonly dim: number;
  /** Pairs that are logged, slots in use, and how many of these still matter. */
  count(status: Uint32Array): { done: number; slots: number; left: number };
  /** Takes the next pairs; slots are still the ones that the device meant. */
  record(pairs: Uint32Array): void;
  /** Closes the gaps between the slots that still matter. */
  close(status: Uint32Array): Promise<void>;
}

/** Numbers that are looked at between two looks of the host: some tens of milliseconds. */
const LOOK = 1e8;
/** Steps between two looks, at most. */
const MOST = 512;

/**
 * Numbers of a step so few that one worker, or workgroup, is quicker than all, who would wait for
 * each other after each step; and numbers that it looks at in one go, a few milliseconds. Waiting
 * costs a microsecond on a machine with nothing else to do, but a worker's whole share of time where
 * other programs want its core: 35 times the time of one worker was seen.
 */
const ALONE = { wasm: 1 << 20, webgpu: 1 << 14 };
const GO = { wasm: 1 << 24, webgpu: 1 << 20 };

/** Slots that are not worth closing gaps for, and the share in use at which it is done. */
const FEW = 256;
const FULL = 0.75;

/**
 * Grows a tree to the end.
 * @throws Cancelled if the signal is aborted
 */
export async function grow(device: Device, tree: Growing, growth: Growth): Promise<void> {
  const { total, dim } = tree;
  const { signal, onProgress } = growth, { kind } = device.info;
  let slots = total + 1;
  for (let told = 0; told < total;) {
    if (signal?.aborted) throw new Cancelled("linkage: stopped on request");
    const step = slots * dim;
    const steps = Math.min(MOST, 3 * total, Math.ceil(LOOK / step));
    const go = step > ALONE[kind] ? 1 : Math.min(steps, Math.ceil(GO[kind] / step));
    device.run(tree.plan, new Array(Math.ceil(steps / go)).fill({ more: go - 1 }));
    const status = await device.read(tree.status) as Uint32Array;
    const { done, left, ...now } = tree.count(status);
    if (done > told) {
      const range = { at: 2 * told, length: 2 * (done - told) };
      tree.record(await device.read(tree.log, undefined, range) as Uint32Array);
      onProgress?.(done, total);
    }
    told = done;
    slots = now.slots;
    if (done < total && slots > FEW && left < FULL * slots) {
      await tree.close(status);
      slots = left;
    }
  }
}
