// Ends an iteration of Lloyd's algorithm: adds up the changed labels and the centres' steps, notes
// them, adds to how far the centres have travelled, and says whether to stop.

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
const STABLE: f32 = 1;
const TOLERANCE: f32 = 2;
const EMPTY: f32 = 3;
const LIMIT: f32 = 4;

/** One item. */
export function kmeans_status(args: usize, begin: u32, end: u32): void {
  const a = changetype<KmeansStatusArgs>(args);
  if (load<f32>(a.status) != 0) return;
  let changed: u32 = 0, empty: u32 = 0;
  let shift: f64 = 0;
  for (let b: u32 = 0; b < a.blocks; b++) changed += load<u32>(a.changed + (b << 2));
  for (let j: u32 = 0; j < a.k; j++) {
    shift += load<f32>(a.shift + (j << 2));
    empty += u32(load<u32>(a.size + (j << 2)) == 0);
  }
  addTravel(a);
  const iteration = load<f32>(a.status, 4);
  const row = a.history + ((iteration as u32) << 3);
  store<f32>(row, changed as f32);
  store<f32>(row, shift as f32, 4);
  store<f32>(a.status, iteration + 1, 4);
  if (empty > 0) store<f32>(a.status, EMPTY);
  else if (changed == 0) store<f32>(a.status, STABLE);
  else if ((shift as f32) <= a.tolerance) store<f32>(a.status, TOLERANCE);
  else if (iteration + 1 >= (a.limit as f32)) store<f32>(a.status, LIMIT);
}

/** The length of a step, too long rather than too short. */
function stepOf(a: KmeansStatusArgs, j: u32): f32 {
  return <f32> 1.001 * sqrt<f32>(load<f32>(a.shift + (j << 2)) + <f32> 1e-30);
}

/** travel_j += step_j + the longest step of the others, rounded up. */
function addTravel(a: KmeansStatusArgs): void {
  let longest: f32 = 0, second: f32 = 0;
  for (let j: u32 = 0; j < a.k; j++) {
    const step = stepOf(a, j);
    second = max(second, min(step, longest));
    longest = max(step, longest);
  }
  for (let j: u32 = 0; j < a.k; j++) {
    const step = stepOf(a, j);
    const at = a.status + ((j + 2) << 2);
    const travel = load<f32>(at) + (step + (step == longest ? second : longest));
    store<f32>(at, travel + travel * <f32> 1.2e-7);
  }
}
