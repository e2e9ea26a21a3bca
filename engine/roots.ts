// parent_i = the root of i; 2^32 - 1 stays.

@unmanaged
class RootsArgs {
  parent: usize;
  n: u32;
}

const NO_ROW: u32 = 0xffffffff;

/** Rows of an item. */
const ROWS: u32 = 1024;

/** An item is 1024 rows. */
export function roots(args: usize, begin: u32, end: u32): void {
  const a = changetype<RootsArgs>(args);
  const to = min(end * ROWS, a.n);
  for (let i = begin * ROWS; i < to; i++) {
    const at = a.parent + (i << 2);
    if (load<u32>(at) != NO_ROW) store<u32>(at, rootAbove(a.parent, i));
  }
}

/**
 * The root of i. It shortens nobody's way, unlike `rootOf` in sets.ts: an ancestor that was read
 * before another worker wrote a row's root would be put over it. Who meets written roots is soon there.
 */
function rootAbove(parent: usize, i: u32): u32 {
  let up = atomic.load<u32>(parent + (i << 2));
  while (up != i) {
    i = up;
    up = atomic.load<u32>(parent + (i << 2));
  }
  return i;
}
