// g = 4 (exaggeration attraction_i - repulsion_i / z); gain +.2 or *.8; velocity = momentum velocity -
// rate gain g; y += velocity.

import { laneselect } from "./rows";

@unmanaged
class TsneUpdateArgs {
  attraction: usize;
  repulsion: usize;
  total: usize;
  velocity: usize;
  gain: usize;
  y: usize;
  n: u32;
  each: u32;
  exaggeration: f32;
  rate: f32;
  momentum: f32;
}

/** Points of an item. */
const ITEM: u32 = 256;

/** An item is 256 points. */
export function tsne_update(args: usize, begin: u32, end: u32): void {
  const a = changetype<TsneUpdateArgs>(args);
  const exaggeration = f32x4.splat(a.exaggeration), rate = f32x4.splat(a.rate);
  const to = min(end * ITEM, a.n);
  for (let i = begin * ITEM; i < to; i++) {
    const at: usize = i << 4;
    const z = v128.load32_splat(a.total + ((a.each ? i : 0) << 2));
    const pull = f32x4.mul(exaggeration, v128.load(a.attraction + at));
    const push = f32x4.div(v128.load(a.repulsion + at), z);
    const g = f32x4.mul(f32x4.splat(4), f32x4.sub(pull, push));
    const velocity = v128.load(a.velocity + at), gain = v128.load(a.gain + at);
    const against = f32x4.lt(f32x4.mul(velocity, g), f32x4.splat(0));
    const grown = f32x4.add(gain, f32x4.splat(0.2)), shrunk = f32x4.mul(gain, f32x4.splat(0.8));
    const gains = f32x4.max(laneselect(grown, shrunk, against), f32x4.splat(0.01));
    const kept = f32x4.mul(f32x4.splat(a.momentum), velocity);
    const v = f32x4.sub(kept, f32x4.mul(f32x4.mul(rate, gains), g));
    v128.store(a.gain + at, gains);
    v128.store(a.velocity + at, v);
    v128.store(a.y + at, f32x4.add(v128.load(a.y + at), v));
  }
}
