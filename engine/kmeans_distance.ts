// distance_i = ||x_i - c_label(i)||^2 and its sums by block of rows.

import { squareOf } from "./rows";

@unmanaged
class KmeansDistanceArgs {
  x: usize;
  centres: usize;
  label: usize;
  distance: usize;
  inertia: usize;
  n: u32;
  dim: u32;
  rows: u32;
}

/** An item is a block of rows. */
export function kmeans_distance(args: usize, begin: u32, end: u32): void {
  const a = changetype<KmeansDistanceArgs>(args);
  const row = (a.dim as usize) << 2;
  for (let block = begin; block < end; block++) {
    const to = min((block + 1) * a.rows, a.n);
    let inertia: f64 = 0;
    for (let i = block * a.rows; i < to; i++) {
      const c = a.centres + (load<u32>(a.label + (i << 2)) as usize) * row;
      const square = squareOf(a.x + (i as usize) * row, c, a.dim);
      store<f32>(a.distance + (i << 2), square);
      inertia += square;
    }
    store<f32>(a.inertia + (block << 2), inertia as f32);
  }
}
