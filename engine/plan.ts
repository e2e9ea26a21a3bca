// The program loop of the WASM device: every worker runs it over the same records, claiming items
// from a shared counter, with a barrier after each record. Nothing is decided by a worker's number,
// so the result does not depend on how many there are.

import { madd } from "./simd";

/** One stage of one kernel call; 8 words, written by the host (shell/device/wasm.ts). */
@unmanaged
class Step {
  /** Index in the function table. */
  fn: u32;
  /** Address of the argument block. */
  args: usize;
  items: u32;
  /** Items claimed at a time. */
  grain: u32;
  /** Next item to claim; zero between runs. */
  next: u32;
  unused0: u32;
  unused1: u32;
  unused2: u32;
}

/** A value that changes with every step, and where it belongs. */
@unmanaged
class Patch {
  address: usize;
  /** Index in a step's row of scalars. */
  scalar: u32;
}

/** A loaded plan. */
@unmanaged
class Plan {
  steps: usize;
  count: u32;
  patches: usize;
  patchCount: u32;
  /** Words in a step's row of scalars. */
  width: u32;
}

/** What the workers share: one 64-byte line each, so that they do not push each other out. */
@unmanaged
class Shared {
  arrived: u32;
  sleepers: u32;
  /** Set by the host when a worker died: the others leave. */
  abort: u32;
}
/** Distance from `Shared` to the barrier's generation. */
const GENERATION: usize = 64;

/** Turns that a worker waits awake: longer than the 40 us that waking a sleeper takes. */
const SPIN: i32 = 200_000;

/** How long a sleeper stays down before it looks at `abort`, in nanoseconds. */
const NAP: i64 = 100_000_000;

const STEP_BYTES: usize = 32;
const PATCH_BYTES: usize = 8;

/**
 * Waits until all workers are here. The last one resets `counter`, the claims of the record just
 * done, before it lets the others go. False: a worker died and the run is off.
 */
function barrier(shared: usize, workers: u32, counter: usize): bool {
  if (workers == 1) {
    store<u32>(counter, 0);
    return true;
  }
  const generation = shared + GENERATION;
  const mine = atomic.load<u32>(generation);
  if (atomic.add<u32>(shared, 1) + 1 == workers) {
    store<u32>(counter, 0);
    atomic.store<u32>(shared, 0);
    atomic.store<u32>(generation, mine + 1);
    if (atomic.load<u32>(shared, offsetof<Shared>("sleepers")) > 0) {
      atomic.notify(generation, -1);
    }
    return true;
  }
  for (let turn = 0; turn < SPIN; turn++) {
    if (atomic.load<u32>(generation) != mine) return true;
  }
  atomic.add<u32>(shared, 1, offsetof<Shared>("sleepers"));
  while (
    atomic.load<u32>(generation) == mine &&
    atomic.load<u32>(shared, offsetof<Shared>("abort")) == 0
  ) {
    atomic.wait<u32>(generation, mine, NAP);
  }
  atomic.sub<u32>(shared, 1, offsetof<Shared>("sleepers"));
  return atomic.load<u32>(generation) != mine;
}

/** Claims items of a record and computes them until none is left. */
function work(step: Step, workers: u32): void {
  if (workers == 1) {
    // Calls of a few items each: V8 swaps in optimised code only between calls.
    for (let begin: u32 = 0; begin < step.items; begin += step.grain) {
      call_indirect<void>(step.fn, step.args, begin, min(begin + step.grain, step.items));
    }
    return;
  }
  const counter = changetype<usize>(step) + offsetof<Step>("next");
  // A plain look first: a full record costs no locked instruction.
  while (atomic.load<u32>(counter) < step.items) {
    const begin = atomic.add<u32>(counter, step.grain);
    if (begin >= step.items) break;
    call_indirect<void>(step.fn, step.args, begin, min(begin + step.grain, step.items));
  }
}

/** Copies a step's scalars into the argument blocks that use them. */
function patch(plan: Plan, row: usize): void {
  for (let i: u32 = 0; i < plan.patchCount; i++) {
    const one = changetype<Patch>(plan.patches + (i as usize) * PATCH_BYTES);
    store<u32>(one.address, load<u32>(row + (one.scalar << 2)));
  }
}

/**
 * Runs `repeats` steps of a plan as one of `workers` workers.
 *
 * @param leader 1 for the worker that writes each step's scalars
 * @param scalars rows of `plan.width` words, one per step
 * @param scratch a word that nobody else uses: the counter of barriers that end no record
 * @returns 1 when done, 0 when another worker died
 */
export function run(
  leader: u32,
  workers: u32,
  address: usize,
  repeats: u32,
  scalars: usize,
  shared: usize,
): u32 {
  const plan = changetype<Plan>(address);
  const spare = shared + GENERATION + 64;
  for (let r: u32 = 0; r < repeats; r++) {
    if (plan.patchCount > 0) {
      if (leader) patch(plan, scalars + ((r * plan.width) << 2));
      if (!barrier(shared, workers, spare)) return 0;
    }
    for (let i: u32 = 0; i < plan.count; i++) {
      const step = changetype<Step>(plan.steps + (i as usize) * STEP_BYTES);
      work(step, workers);
      if (!barrier(shared, workers, changetype<usize>(step) + offsetof<Step>("next"))) return 0;
    }
  }
  return 1;
}

/**
 * The rate of this core: `turns` rounds of 12 independent four-lane multiply-adds, 96 flop a round,
 * which no kernel can beat. The bench divides by it.
 *
 * @param at address of eight floats, the factor and the summand: constants of the code itself are
 * made anew at each use by some compilers
 */
export function probe_madd(turns: u32, at: usize): f32 {
  const m = v128.load(at);
  const c = v128.load(at, 16);
  let a0 = m, a1 = m, a2 = m, a3 = m, a4 = m, a5 = m;
  let a6 = m, a7 = m, a8 = m, a9 = m, a10 = m, a11 = m;
  for (let i: u32 = 0; i < turns; i++) {
    a0 = madd(a0, m, c);
    a1 = madd(a1, m, c);
    a2 = madd(a2, m, c);
    a3 = madd(a3, m, c);
    a4 = madd(a4, m, c);
    a5 = madd(a5, m, c);
    a6 = madd(a6, m, c);
    a7 = madd(a7, m, c);
    a8 = madd(a8, m, c);
    a9 = madd(a9, m, c);
    a10 = madd(a10, m, c);
    a11 = madd(a11, m, c);
  }
  a0 = f32x4.add(f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3)), f32x4.add(a4, a5));
  a0 = f32x4.add(a0, f32x4.add(f32x4.add(a6, a7), f32x4.add(a8, a9)));
  a0 = f32x4.add(a0, f32x4.add(a10, a11));
  return f32x4.extract_lane(a0, 0) + f32x4.extract_lane(a0, 1) + f32x4.extract_lane(a0, 2) +
    f32x4.extract_lane(a0, 3);
}
