// first[b] = index of the first NaN or infinity in block b of x, 2^32 - 1 if there is none.

@unmanaged
class FindNonfiniteArgs {
  x: usize;
  first: usize;
  n: u32;
}

const BLOCK: u32 = 16_384;

/** An item is a block. */
export function find_nonfinite(args: usize, begin: u32, end: u32): void {
  const a = changetype<FindNonfiniteArgs>(args);
  for (let block = begin; block < end; block++) {
    const from = block * BLOCK, to = min(from + BLOCK, a.n);
    store<u32>(a.first + (block << 2), firstOf(a.x, from, to));
  }
}

function firstOf(x: usize, from: u32, to: u32): u32 {
  const zero = f32x4.splat(0);
  let i = from;
  // 0 x is 0 for finite numbers and NaN for others.
  for (; i + 16 <= to; i += 16) {
    const at = x + (i << 2);
    const a = f32x4.mul(v128.load(at), zero), b = f32x4.mul(v128.load(at, 16), zero);
    const c = f32x4.mul(v128.load(at, 32), zero), d = f32x4.mul(v128.load(at, 48), zero);
    const all = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
    if (v128.any_true(f32x4.ne(all, zero))) break;
  }
  for (; i < to; i++) {
    if (load<f32>(x + (i << 2)) * 0 != 0) return i;
  }
  return u32.MAX_VALUE;
}
