// log[slot] = x[0], unless slot >= n.

@unmanaged
class PutArgs {
  x: usize;
  log: usize;
  n: u32;
  slot: u32;
}

/** There is one item. */
export function put(args: usize, _begin: u32, _end: u32): void {
  const a = changetype<PutArgs>(args);
  if (a.slot < a.n) store<f32>(a.log + (a.slot << 2), load<f32>(a.x));
}
