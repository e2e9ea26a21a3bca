import { suite } from "uvu";
import * as assert from "uvu/assert";
import { accumulate } from "../../shell/kernels/accumulate.ts";
import { scale } from "../../shell/kernels/scale.ts";
import { Graph } from "../../shell/plan/graph.ts";
import { compile } from "../../shell/plan/plan.ts";
import { data, Slab, state } from "../../shell/plan/tensor.ts";

const test = suite("graph");

function parameter(size: number) {
  const grads = new Slab("grads");
  const weights = new Slab("weights", grads);
  return weights.add("w", [size]);
}

test("a call checks element types and parameter ranges", () => {
  const g = new Graph("g");
  const x = data("x", [4]), y = state("y", [4]);
  const u = data("u", [4], "u32");
  assert.throws(
    () => g.call(scale, { x: u, y }, { n: 4, factor: 1 }),
    /scale: x must be f32, got u:u32\[4\]/,
  );
  assert.throws(
    () => g.call(scale, { x, y }, { n: -1, factor: 1 }),
    /scale: n must be a 32-bit unsigned/,
  );
  assert.throws(() => g.call(scale, { x, y }, { n: 1.5, factor: 1 }), /scale: n must be/);
  assert.throws(
    () => g.call(scale, { x, y }, { n: 4, factor: NaN }),
    /factor must be a finite number/,
  );
  assert.is(g.calls.length, 0);
});

test("a scalar keeps its type", () => {
  const g = new Graph("g");
  assert.is(g.scalar("rate"), g.scalar("rate"));
  assert.throws(() => g.scalar("rate", "u32"), /scalar rate: is f32 already, asked for as u32/);
});

test("backward runs only where a gradient is wanted, in reverse order", () => {
  const g = new Graph("g");
  const w = parameter(4);
  const x = data("x", [4]);
  const order: string[] = [];
  const [a, b, c] = [g.temp([4]), g.temp([4]), g.temp([4])];
  const loss = g.temp([1]);
  g.onBackward(a, [w], (dy) => {
    order.push("a");
    g.addGrad(w, (dw) => g.call(scale, { x: dy, y: dw }, { n: 4, factor: 1 }));
  });
  g.onBackward(b, [x], () => order.push("b: x wants none"));
  g.onBackward(c, [a], () => order.push("c: no loss depends on it"));
  g.onLoss(loss, [a], () => {
    order.push("loss");
    g.addGrad(a, (da) => g.call(scale, { x, y: da }, { n: 4, factor: 1 }));
  });
  g.backward(loss);
  assert.equal(order, ["loss", "a"]);
  assert.is(g.gradOf(w), w.grad);
  assert.not(g.needsGrad(x));
});

test("the first contribution is written in place, later ones are added", () => {
  const g = new Graph("g");
  const w = parameter(4);
  const x = data("x", [4]);
  const loss = g.temp([1]);
  g.onLoss(loss, [w], () => {
    for (const factor of [1, 2, 3]) {
      g.addGrad(w, (dw) => g.call(scale, { x, y: dw }, { n: 4, factor }));
    }
  });
  g.backward(loss);
  const names = g.calls.map((c) => c.kernel.name);
  assert.equal(names, ["scale", "scale", "accumulate", "scale", "accumulate"]);
  assert.is(g.calls[0].tensors[1], w.grad);
  assert.is(g.calls[2].tensors[1], w.grad);
});

test("the derivative of an activation is folded in only for a single reader", () => {
  const g = new Graph("g");
  const w = parameter(4);
  const [once, twice] = [g.temp([4]), g.temp([4])];
  for (const y of [once, twice]) {
    y.activation = 1;
    g.onBackward(y, [w], () => {});
  }
  g.onBackward(g.temp([4]), [once], () => {});
  g.onBackward(g.temp([4]), [twice], () => {});
  g.onBackward(g.temp([4]), [twice], () => {});
  assert.is(g.gate(once), 1);
  assert.ok(g.gated(once));
  assert.is(g.gate(twice), 0);
  assert.not(g.gated(twice));
});

test("a plan prints its program", () => {
  const g = new Graph("demo");
  const x = data("x", [2, 3]), y = state("y", [2, 3]);
  const t = g.temp([2, 3]);
  g.call(scale, { x, y: t }, { n: 6, factor: g.scalar("rate") });
  g.call(accumulate, { x: t, y }, { n: 6 });
  const lines = compile(g).toString().split("\n");
  assert.match(lines[0], /^plan demo: 2 calls, 1 slots/);
  assert.match(lines[1], /per step: rate:f32/);
  assert.match(lines[2], /scale +t0:f32\[2,3\]@0 <- x:f32\[2,3\] {2}\{n=6 factor=<rate>\}/);
  assert.match(lines[3], /accumulate +y:f32\[2,3\] <- t0:f32\[2,3\]@0/);
});

test("slabs place tensors at 256-byte boundaries and close when used", () => {
  const grads = new Slab("grads");
  const slab = new Slab("weights", grads);
  const a = slab.add("a", [3]), b = slab.add("b", [65]);
  assert.is(a.offset, 0);
  assert.is(b.offset, 256);
  assert.is(b.grad!.offset, 256);
  assert.is(slab.whole().size, 64 + 128);
  assert.throws(() => slab.add("c", [1]), /slab weights: c must be added before the slab is used/);
  assert.throws(
    () => data("x", [2, 0]),
    /every dimension must be a positive integer, got \[2, 0\]/,
  );
});

test.run();
