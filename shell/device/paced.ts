/**
 * How often Dawn looks for finished work in Node and Deno. Npm `webgpu` looks in a callback of
 * `setImmediate`, and asks for the next one at once: while a GPU works, a core does nothing but
 * look, SwiftShader gets half of a machine of two cores, and Deno stalls for half a second every
 * few thousand looks.
 */

type Immediate = (look: () => void) => unknown;

const scope = globalThis as unknown as { setImmediate?: Immediate };
const usual = scope.setImmediate;

/** Looks at once, which what takes microseconds needs; then a timer paces them, 1 to 2 ms. */
const AT_ONCE = 32;

let looks = 0;

/** Starts something that Dawn finishes later, such as mapping a buffer. */
export function paced<T>(start: () => T): T {
  looks = 0;
  return within(start);
}

/** Calls `act` while a request for an immediate callback comes to {@link later}. */
function within<T>(act: () => T): T {
  if (!usual) return act();
  scope.setImmediate = later;
  try {
    return act();
  } finally {
    scope.setImmediate = usual;
  }
}

function later(look: () => void): unknown {
  const again = () => within(look);
  return looks++ < AT_ONCE ? usual!(again) : setTimeout(again, 0);
}
