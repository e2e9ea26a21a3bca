// y = act(x) and dx = dy * act'(x) from y, elementwise over n elements.

import { activate4, activate_grad4 } from "./activation_math";
import { BLOCK, lanesEnd } from "./simd";

@unmanaged
class ActivationArgs {
  x: usize;
  y: usize;
  n: u32;
  activation: u32;
}

/** An item is a block of 1,024 elements. */
export function activation(args: usize, begin: u32, end: u32): void {
  const a = changetype<ActivationArgs>(args);
  const from = begin * BLOCK;
  const to = min(end * BLOCK, a.n);
  const code = a.activation;
  const whole = lanesEnd(from, to);
  let i = from;
  for (; i < whole; i += 4) {
    v128.store(a.y + (i << 2), activate4(code, v128.load(a.x + (i << 2))));
  }
  for (; i < to; i++) {
    const y = activate4(code, v128.load32_splat(a.x + (i << 2)));
    v128.store_lane<f32>(a.y + (i << 2), y, 0);
  }
}

@unmanaged
class ActivationGradArgs {
  y: usize;
  dy: usize;
  dx: usize;
  n: u32;
  activation: u32;
}

/** An item is a block of 1,024 elements. */
export function activation_grad(args: usize, begin: u32, end: u32): void {
  const a = changetype<ActivationGradArgs>(args);
  const from = begin * BLOCK;
  const to = min(end * BLOCK, a.n);
  const code = a.activation;
  const whole = lanesEnd(from, to);
  let i = from;
  for (; i < whole; i += 4) {
    const at = i << 2;
    v128.store(a.dx + at, activate_grad4(code, v128.load(a.y + at), v128.load(a.dy + at)));
  }
  for (; i < to; i++) {
    const at = i << 2;
    const y = v128.load32_splat(a.y + at);
    v128.store_lane<f32>(a.dx + at, activate_grad4(code, y, v128.load32_splat(a.dy + at)), 0);
  }
}
