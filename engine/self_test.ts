// y[i] = the state of a linear congruential generator after a.turns steps from seed i.

@unmanaged
class SelfTestArgs {
  y: usize;
  turns: u32;
}

/** An item is one seed. */
export function self_test(args: usize, begin: u32, end: u32): void {
  const a = changetype<SelfTestArgs>(args);
  for (let i = begin; i < end; i++) {
    let s = i;
    for (let turn: u32 = 0; turn < a.turns; turn++) s = s * 1664525 + 1013904223;
    store<u32>(a.y + (i << 2), s);
  }
}
