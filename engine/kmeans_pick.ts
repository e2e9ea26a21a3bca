// k-means++: index_t = the first point of block_t at which the running sum of nearest[best] exceeds
// offset_t.

@unmanaged
class KmeansPickArgs {
  nearest: usize;
  block: usize;
  offset: usize;
  index: usize;
  n: u32;
  count: u32;
  rows: u32;
  best: u32;
}

/** An item is one draw. */
export function kmeans_pick(args: usize, begin: u32, end: u32): void {
  const a = changetype<KmeansPickArgs>(args);
  for (let t = begin; t < end; t++) {
    const i = find(a, load<u32>(a.block + (t << 2)), load<f32>(a.offset + (t << 2)));
    store<u32>(a.index + (t << 2), i);
  }
}

/** The last point above zero stands in where the sum stays below the offset. */
function find(a: KmeansPickArgs, block: u32, offset: f32): u32 {
  const nearest = a.nearest + (((a.best as usize) * a.n) << 2);
  const from = min(block * a.rows, a.n - 1);
  const to = min(from + a.rows, a.n);
  let found = from;
  let running: f32 = 0;
  for (let i = from; i < to; i++) {
    const d = load<f32>(nearest + (i << 2));
    if (!(d > 0)) continue;
    found = i;
    running += d;
    if (running > offset) break;
  }
  return found;
}
