/** Loads and stores of fewer than four lanes: the ends of rows whose length is no multiple of 4. */

/** The first `count` (1 to 4) words at `at`; the other lanes keep those of `fill`. */
export function load_lanes(at: usize, count: u32, fill: v128): v128 {
  if (count == 4) return v128.load(at);
  let v = v128.load_lane<u32>(at, fill, 0);
  if (count > 1) v = v128.load_lane<u32>(at, v, 1, 4);
  if (count > 2) v = v128.load_lane<u32>(at, v, 2, 8);
  return v;
}

/** Stores the first `count` (1 to 4) lanes of `v`. */
export function store_lanes(at: usize, count: u32, v: v128): void {
  if (count == 4) return v128.store(at, v);
  v128.store_lane<u32>(at, v, 0);
  if (count > 1) v128.store_lane<u32>(at, v, 1, 4);
  if (count > 2) v128.store_lane<u32>(at, v, 2, 8);
}

/** Sum of the four lanes, in pairs. */
export function sum_lanes(v: v128): f32 {
  return (f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1)) +
    (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}
