// Ends an iteration of Lloyd's algorithm: adds up the changed labels and the centres' steps, notes
// them, and says whether to stop.

@unmanaged
class KmeansStatusArgs {
  changed: usize;
  shift: usize;
  size: usize;
  status: usize;
  history: usize;
  blocks: u32;
  k: u32;
  limit: u32;
  tolerance: f32;
}

/** Values of status[0]; 0 goes on. */
const STABLE: u32 = 1;
const TOLERANCE: u32 = 2;
const EMPTY: u32 = 3;
const LIMIT: u32 = 4;

/** One item. */
export function kmeans_status(args: usize, begin: u32, end: u32): void {
  const a = changetype<KmeansStatusArgs>(args);
  if (load<u32>(a.status) != 0) return;
  let changed: u32 = 0, empty: u32 = 0;
  let shift: f64 = 0;
  for (let b: u32 = 0; b < a.blocks; b++) changed += load<u32>(a.changed + (b << 2));
  for (let j: u32 = 0; j < a.k; j++) {
    shift += load<f32>(a.shift + (j << 2));
    empty += u32(load<u32>(a.size + (j << 2)) == 0);
  }
  const iteration = load<u32>(a.status, 4);
  const row = a.history + (iteration << 3);
  store<f32>(row, changed as f32);
  store<f32>(row, shift as f32, 4);
  store<u32>(a.status, iteration + 1, 4);
  if (empty > 0) store<u32>(a.status, EMPTY);
  else if (changed == 0) store<u32>(a.status, STABLE);
  else if ((shift as f32) <= a.tolerance) store<u32>(a.status, TOLERANCE);
  else if (iteration + 1 >= a.limit) store<u32>(a.status, LIMIT);
}
