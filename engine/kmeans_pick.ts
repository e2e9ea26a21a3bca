// k-means++: finds the points at given positions of the cumulative sum of `nearest` and copies them.

@unmanaged
class KmeansPickArgs {
  x: usize;
  nearest: usize;
  block: usize;
  offset: usize;
  index: usize;
  row: usize;
  n: u32;
  dim: u32;
  count: u32;
  rows: u32;
  best: u32;
  given: u32;
}

/** An item is one point. */
export function kmeans_pick(args: usize, begin: u32, end: u32): void {
  const a = changetype<KmeansPickArgs>(args);
  for (let t = begin; t < end; t++) {
    const block = load<u32>(a.block + (t << 2));
    const i = a.given ? min(block, a.n - 1) : find(a, block, load<f32>(a.offset + (t << 2)));
    store<u32>(a.index + (t << 2), i);
    const bytes = a.dim << 2;
    memory.copy(a.row + (t as usize) * bytes, a.x + (i as usize) * bytes, bytes);
  }
}

/** First point of a block whose running sum exceeds the offset, else the last one above zero. */
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
