/** How a file is divided into parts. */

/** Bytes of a part. The last one is short and holds a Parquet file's footer. */
const PART = 1 << 20;
const TAIL = 1 << 19;

/** Where parts of a file begin, and its end: all of one size, then a rest, then a short tail. */
export function edgesOf(size: number, part = PART): number[] {
  if (size <= part) return [0, size];
  const tail = size - Math.min(TAIL, part);
  const edges: number[] = [];
  for (let at = 0; at < tail; at += part) edges.push(at);
  return [...edges, tail, size];
}
