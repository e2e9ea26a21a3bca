import type { Kernel, Values } from "../kernels/kernel.ts";
import { Scalar } from "../plan/graph.ts";
import type { Plan, PlannedCall } from "../plan/plan.ts";
import type { Tensor } from "../plan/tensor.ts";
import { packWord } from "./device.ts";
import { FIRST_INDEX } from "./engine.ts";
import type { Block, Heap } from "./heap.ts";

/** Sizes of the engine's records, see `engine/plan.ts`. */
const STEP_BYTES = 32;
const PATCH_BYTES = 8;
const PLAN_BYTES = 20;

/** Rows of scalars that one message to the workers carries at most. */
export const MAX_ROWS = 256;

/** A plan in linear memory. */
export interface Loaded {
  /** Address of the engine's plan record. */
  readonly address: number;
  /** Address of `MAX_ROWS` rows of scalars, and bytes in a row. */
  readonly scalars: number;
  readonly rowBytes: number;
  readonly slots: readonly Block[];
  /** Everything to give back on unload. */
  readonly blocks: readonly Block[];
}

interface Stage {
  readonly fn: number;
  readonly items: number;
  readonly grain: number;
}

/** Writes a plan's records into memory. `place` gives the address of a stored tensor. */
export function writePlan(
  plan: Plan,
  heap: Heap,
  names: readonly string[],
  place: (t: Tensor) => number,
): Loaded {
  const blocks: Block[] = [];
  const take = (bytes: number) => {
    const block = heap.take(bytes);
    blocks.push(block);
    return block.at;
  };
  const slots = plan.slots.map((bytes) => heap.take(bytes));
  blocks.push(...slots);
  const address = (t: Tensor) => t.storage ? place(t) : slots[plan.slotOf.get(t)!].at;
  const scratch = take(Math.max(1, ...plan.calls.map((c) => c.kernel.scratch?.(c.sizes) ?? 0)));
  const stages = plan.calls.map((call) => stagesOf(call.kernel, call.sizes, names));
  const args = take(plan.calls.reduce((n, call) => n + argWords(call), 0) * 4);
  const steps = take(stages.flat().length * STEP_BYTES);
  const patchCount = plan.calls.reduce((n, call) => n + scalarsOf(call).length, 0);
  const patches = take(patchCount * PATCH_BYTES);
  const rowBytes = 4 * plan.scalars.length;
  const scalars = take(rowBytes * MAX_ROWS);
  const header = take(PLAN_BYTES);

  const view = new DataView(heap.memory.buffer);
  let arg = args, step = steps, patch = patches;
  plan.calls.forEach((call, i) => {
    const start = arg;
    for (const t of call.tensors) arg = word(view, arg, address(t));
    const types = Object.values(call.kernel.params);
    call.values.forEach((value, k) => {
      if (value instanceof Scalar) {
        patch = word(view, patch, arg);
        patch = word(view, patch, plan.scalars.indexOf(value));
      } else packWord(types[k], value, view, arg);
      arg += 4;
    });
    arg = word(view, arg, scratch);
    for (const stage of stages[i]) {
      word(view, step, stage.fn);
      word(view, step + 4, start);
      word(view, step + 8, stage.items);
      word(view, step + 12, stage.grain);
      step += STEP_BYTES;
    }
  });
  [steps, stages.flat().length, patches, patchCount, plan.scalars.length]
    .forEach((value, i) => word(view, header + 4 * i, value));
  return { address: header, scalars, rowBytes, slots, blocks };
}

function word(view: DataView, at: number, value: number): number {
  view.setUint32(at, value, true);
  return at + 4;
}

/** Buffers, parameters, and the address of the scratch memory. */
function argWords(call: PlannedCall): number {
  return call.tensors.length + call.values.length + 1;
}

function scalarsOf(call: PlannedCall): Scalar[] {
  return call.values.filter((value) => value instanceof Scalar);
}

/** The engine's functions of one call, in order, with their shares. */
function stagesOf(
  kernel: Kernel,
  p: Values<Record<string, number>>,
  names: readonly string[],
): Stage[] {
  return [...kernel.stages ?? [], kernel].map((stage) => {
    const index = names.indexOf(stage.name);
    if (index < 0) throw new RangeError(`the engine has no kernel ${stage.name}: build it again`);
    const items = stage.items(p);
    // In range even when a single worker takes all in one call.
    const grain = Math.max(1, Math.min(stage.grain?.(p) ?? 1, items));
    return { fn: FIRST_INDEX + index, items, grain };
  });
}
