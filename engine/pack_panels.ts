// y[p / 8, d, p mod 8] = x[order[p], d] for p < m.

import { gather8 } from "./panels";

@unmanaged
class PackPanelsArgs {
  x: usize;
  order: usize;
  y: usize;
  m: u32;
  dim: u32;
}

/** An item is a panel. */
export function pack_panels(args: usize, begin: u32, end: u32): void {
  const a = changetype<PackPanelsArgs>(args);
  for (let panel = begin; panel < end; panel++) {
    const from = panel << 3;
    const y = a.y + (((panel * a.dim) as usize) << 5);
    gather8(a.x, a.order + (from << 2), min(8, a.m - from), a.dim, y);
  }
}
