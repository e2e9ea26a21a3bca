// Disjoint sets as trees of parents, changed by many workers at once: a root is its own parent and
// the lowest member of its set. Parents only ever come nearer to the root.

/** The root of i; shortens the way there. */
export function rootOf(parent: usize, i: u32): u32 {
  let up = atomic.load<u32>(parent + (i << 2));
  while (up != i) {
    const further = atomic.load<u32>(parent + (up << 2));
    // Another worker may write another ancestor: both are right.
    if (further != up) store<u32>(parent + (i << 2), further);
    i = up;
    up = further;
  }
  return i;
}

/** Joins the sets of i and j: the higher root becomes a child of the lower. */
export function joinSets(parent: usize, i: u32, j: u32): void {
  for (;;) {
    const one = rootOf(parent, i), other = rootOf(parent, j);
    if (one == other) return;
    const high = max(one, other), low = min(one, other);
    // Fails if another worker has made it a child meanwhile.
    if (atomic.cmpxchg<u32>(parent + (high << 2), high, low) == high) return;
  }
}
