// force_i = sum_j p_ij w_ij (y_i - map_j), cost_i = -sum_j p_ij ln w_ij over the neighbours of i, with
// w_ij = 1 / (1 + ||y_i - map_j||^2). Four neighbours at a time.

import { log4 } from "./math";
import { sum } from "./rows";
import { madd } from "./simd";

@unmanaged
class TsneAttractionArgs {
  y: usize;
  map: usize;
  start: usize;
  column: usize;
  weight: usize;
  force: usize;
  cost: usize;
  m: u32;
  measure: u32;
}

/** An item is a point. */
export function tsne_attraction(args: usize, begin: u32, end: u32): void {
  const a = changetype<TsneAttractionArgs>(args);
  for (let i = begin; i < end; i++) {
    const from = load<u32>(a.start + (i << 2)) << 2, to = load<u32>(a.start + (i << 2), 4) << 2;
    const own = a.y + (i << 4);
    const x = v128.load32_splat(own), y = v128.load32_splat(own, 4), z = v128.load32_splat(own, 8);
    let fx = f32x4.splat(0), fy = fx, fz = fx, cost = fx;
    for (let t: usize = from; t < to; t += 4 << 2) {
      const column = a.column + t;
      const p0 = v128.load(a.map + ((load<u32>(column) as usize) << 4));
      const p1 = v128.load(a.map + ((load<u32>(column, 4) as usize) << 4));
      const p2 = v128.load(a.map + ((load<u32>(column, 8) as usize) << 4));
      const p3 = v128.load(a.map + ((load<u32>(column, 12) as usize) << 4));
      const low01 = i32x4.shuffle(p0, p1, 0, 4, 1, 5), low23 = i32x4.shuffle(p2, p3, 0, 4, 1, 5);
      const high01 = i32x4.shuffle(p0, p1, 2, 6, 3, 7), high23 = i32x4.shuffle(p2, p3, 2, 6, 3, 7);
      const dx = f32x4.sub(x, i32x4.shuffle(low01, low23, 0, 1, 4, 5));
      const dy = f32x4.sub(y, i32x4.shuffle(low01, low23, 2, 3, 6, 7));
      const dz = f32x4.sub(z, i32x4.shuffle(high01, high23, 0, 1, 4, 5));
      const square = madd(dz, dz, madd(dy, dy, madd(dx, dx, f32x4.splat(1))));
      const p = v128.load(a.weight + t);
      const w = f32x4.div(p, square);
      fx = madd(w, dx, fx);
      fy = madd(w, dy, fy);
      fz = madd(w, dz, fz);
      if (a.measure) cost = madd(p, log4(square), cost);
    }
    const force = a.force + (i << 4);
    store<f32>(force, sum(fx));
    store<f32>(force, sum(fy), 4);
    store<f32>(force, sum(fz), 8);
    store<f32>(force, 0, 12);
    store<f32>(a.cost + (i << 2), sum(cost));
  }
}
