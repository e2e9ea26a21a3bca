import { tsneUpdate } from "../../shell/kernels/tsne_update.ts";
import { kernelTest, randoms } from "../harness.ts";
import { mapOf, WIDTH } from "./maps.ts";

function arguments_(n: number, each: number, dims = 2) {
  return {
    params: { n, each, exaggeration: 12, rate: 50, momentum: 0.5 },
    buffers: {
      attraction: mapOf(n, dims, 1, 0.01),
      repulsion: mapOf(n, dims, 2, 1),
      total: randoms(each ? n : 1, 3, 5, 9),
      velocity: mapOf(n, dims, 4, 1),
      gain: randoms(n * WIDTH, 5, 0.005, 3),
      y: mapOf(n, dims, 6, 10),
    },
  };
}

kernelTest(tsneUpdate, {
  cases: [1, 63, 64, 255, 257, 1030].flatMap((n) => [arguments_(n, 0), arguments_(n, 1, 3)]),
  reference(b, { n, each, exaggeration, rate, momentum }) {
    const gain = Float64Array.from(b.gain), velocity = Float64Array.from(b.velocity);
    const y = Float64Array.from(b.y);
    for (let at = 0; at < n * WIDTH; at++) {
      const z = b.total[each ? Math.floor(at / WIDTH) : 0];
      const g = 4 * (exaggeration * b.attraction[at] - b.repulsion[at] / z);
      gain[at] = Math.max(0.01, g * b.velocity[at] < 0 ? b.gain[at] + 0.2 : 0.8 * b.gain[at]);
      velocity[at] = momentum * b.velocity[at] - rate * gain[at] * g;
      y[at] += velocity[at];
    }
    return { gain, velocity, y };
  },
  tolerance: {
    gain: { rel: 3e-7 },
    velocity: { rel: 3e-6, abs: 1e-4 },
    y: { rel: 3e-6, abs: 1e-4 },
  },
});
