// Scratch memory that a call of a kernel has for itself. A kernel does not know which worker runs
// it, so memory for one worker each is a row of slots with a flag: a call takes a free slot and
// gives it back. What a slot held before never matters, so neither does which one it is.

/** Bytes of a flag: a cache line, so that workers do not push each other out. */
const LINE: usize = 64;

/** The slot that this instance had last, whose memory its core still caches. */
let last: u32 = 0;

/** Bytes of the flags of `count` slots. */
export function slotFlags(count: u32): usize {
  return (count as usize) * LINE;
}

/** Frees all slots; in a stage before the first call that takes one. */
export function resetSlots(flags: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) store<u32>(flags + (i as usize) * LINE, 0);
}

/** Takes a slot; with more workers than slots, waits until one is free. */
export function takeSlot(flags: usize, count: u32): u32 {
  let i = last < count ? last : 0;
  while (atomic.cmpxchg<u32>(flags + (i as usize) * LINE, 0, 1) != 0) i = i + 1 < count ? i + 1 : 0;
  last = i;
  return i;
}

/** Gives a slot back. */
export function freeSlot(flags: usize, i: u32): void {
  atomic.store<u32>(flags + (i as usize) * LINE, 0);
}
