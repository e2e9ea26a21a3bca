/** Maps that are turned to lie as the one before. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { aligned } from "../../shell/run/live_map.ts";

const test = suite("live map");

/** A shape without symmetry. */
const SHAPE = Float32Array.of(0, 0, 4, 0, 4, 1, 1, 3, -2, 0.5);

/** Turned by an angle, mirrored in the x axis before, and shifted. */
function moved(places: Float32Array, angle: number, mirror: boolean, by: [number, number]) {
  return places.map((_v, at) => {
    const i = at & ~1, x = places[i], y = mirror ? -places[i + 1] : places[i + 1];
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    return at & 1 ? s * x + c * y + by[1] : c * x - s * y + by[0];
  });
}

for (const angle of [0, 0.3, 2, Math.PI, -1.5]) {
  for (const mirror of [false, true]) {
    test(`turned by ${angle}${mirror ? ", mirrored" : ""}: it comes back`, () => {
      const found = aligned(moved(SHAPE, angle, mirror, [7, -3]), SHAPE);
      found.forEach((v, i) => assert.ok(Math.abs(v - SHAPE[i]) < 1e-5, `${v}, ${SHAPE[i]}`));
    });
  }
}

test("no turn and no mirror comes nearer to a map that differs", () => {
  const before = SHAPE.map((v, i) => v + Math.sin(9 * i)), best = distance(aligned(SHAPE, before));
  function distance(places: Float32Array): number {
    return places.reduce((sum, v, i) => sum + (v - before[i]) ** 2, 0);
  }
  const start = aligned(SHAPE, before);
  const middle = [0, 1].map((axis) =>
    start.filter((_v, i) => i % 2 === axis).reduce((a, b) => a + b) / (start.length / 2)
  );
  const centred = start.map((v, i) => v - middle[i % 2]);
  for (let turn = 0.1; turn < 2 * Math.PI; turn += 0.1) {
    for (const mirror of [false, true]) {
      const other = moved(centred, turn, mirror, [middle[0], middle[1]]);
      assert.ok(distance(other) >= best - 1e-5, `${turn} ${mirror}`);
    }
  }
});

test("points that all lie in one place, and none", () => {
  const one = aligned(Float32Array.of(3, 3, 3, 3), Float32Array.of(0, 0, 2, 2));
  assert.equal([...one], [1, 1, 1, 1]);
  assert.is(aligned(new Float32Array(0), new Float32Array(0)).length, 0);
});

test.run();
