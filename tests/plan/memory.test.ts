import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Call } from "../../shell/plan/graph.ts";
import { assignSlots } from "../../shell/plan/memory.ts";
import { Tensor } from "../../shell/plan/tensor.ts";
import { scale } from "../../shell/kernels/scale.ts";
import type { Kernel } from "../../shell/kernels/kernel.ts";
import { randoms } from "../harness.ts";

const test = suite("memory");
const temp = (size: number) => new Tensor(`t${size}`, [size], "f32", null);
const call = (...tensors: Tensor[]): Call => ({
  kernel: scale as unknown as Kernel,
  tensors,
  params: {},
});

test("a chain needs two slots", () => {
  const t = [1, 2, 3, 4, 5].map(() => temp(100));
  const calls = [1, 2, 3, 4].map((i) => call(t[i - 1], t[i]));
  assert.equal(assignSlots(calls, new Set()).bytes, [400, 400]);
});

test("the smallest slot that fits is taken, the largest grows", () => {
  const [small, large, middle, huge] = [temp(10), temp(100), temp(50), temp(1000)];
  const slots = assignSlots([call(small, large), call(middle), call(huge)], new Set());
  assert.is(slots.of.get(middle), slots.of.get(large));
  assert.is(slots.of.get(huge), slots.of.get(large));
  assert.equal(slots.bytes, [40, 4000]);
});

test("an output keeps its slot to the end", () => {
  const [a, b, c] = [temp(10), temp(10), temp(10)];
  const slots = assignSlots([call(a, b), call(b, c)], new Set([a]));
  assert.is.not(slots.of.get(a), slots.of.get(c));
});

test("tensors that live at the same time never share a slot (random programs)", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const r = randoms(400, seed, 0, 1);
    let k = 0;
    const next = (n: number) => Math.floor(r[k++ % r.length] * n);
    const tensors = Array.from({ length: 20 }, () => temp(1 + next(1000)));
    const calls = Array.from({ length: 40 }, () => call(tensors[next(20)], tensors[next(20)]));
    const slots = assignSlots(calls, new Set([tensors[0]]));
    const span = (t: Tensor) => {
      const uses = calls.flatMap((c, i) => c.tensors.includes(t) ? [i] : []);
      return [uses[0] ?? Infinity, t === tensors[0] ? Infinity : uses.at(-1) ?? -1];
    };
    for (const a of tensors) {
      if (slots.of.has(a)) assert.ok(slots.bytes[slots.of.get(a)!] >= a.bytes);
      for (const b of tensors) {
        const [[a0, a1], [b0, b1]] = [span(a), span(b)];
        const overlap = a !== b && a0 <= b1 && b0 <= a1 && slots.of.has(a) && slots.of.has(b);
        if (overlap) assert.is.not(slots.of.get(a), slots.of.get(b), `seed ${seed}`);
      }
    }
  }
});

test.run();
