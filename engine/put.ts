// y[at + i, :] = x[i, :] for m rows of width words; rows past the end of y are dropped.

import { copyWords } from "./copy";

@unmanaged
class PutArgs {
  x: usize;
  y: usize;
  rows: u32;
  m: u32;
  width: u32;
  at: u32;
}

/** An item is a row. */
export function put(args: usize, begin: u32, end: u32): void {
  const a = changetype<PutArgs>(args);
  if (a.at >= a.rows) return;
  const from = min(begin, a.rows - a.at);
  const to = min(end, a.rows - a.at);
  const bytes = a.width << 2;
  copyWords(a.y + (a.at + from) * bytes, a.x + from * bytes, (to - from) * a.width);
}
