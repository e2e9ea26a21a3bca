// panels[i / 8][d][i % 8] = x[i][d]: 8 points side by side. The last row fills up the last panel.

import { transpose8 } from "./panels";

@unmanaged
class KmeansPackArgs {
  x: usize;
  panels: usize;
  n: u32;
  dim: u32;
}

const PANEL: u32 = 8;

/** An item is a panel. */
export function kmeans_pack(args: usize, begin: u32, end: u32): void {
  const a = changetype<KmeansPackArgs>(args);
  const row = (a.dim as usize) << 2;
  for (let p = begin; p < end; p++) {
    const i = p * PANEL;
    transpose8(a.x + (i as usize) * row, min(PANEL, a.n - i), a.dim, a.panels + (i as usize) * row);
  }
}
