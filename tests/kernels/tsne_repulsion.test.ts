import { tsneRepulsion } from "../../shell/kernels/tsne_repulsion.ts";
import { kernelTest } from "../harness.ts";
import { mapOf, repulsions, WIDTH } from "./maps.ts";

function arguments_(m: number, n: number, dims: number, own: number, span = 10) {
  const y = mapOf(m, dims, 1, span);
  return {
    name: `${m} x ${n}, ${dims} dimensions, ${own ? "one map" : "two"}, span ${span}`,
    params: { m, n, own },
    buffers: { y, map: own ? y : mapOf(n, dims, 2, span), force: m * WIDTH, mass: m },
  };
}

kernelTest(tsneRepulsion, {
  cases: [
    arguments_(1, 1, 2, 0),
    ...[2, 7, 8, 9, 63, 65, 300].map((n) => arguments_(n, n, 2, 1)),
    arguments_(257, 257, 3, 1),
    arguments_(64, 64, 3, 1, 1e-4),
    arguments_(20, 20, 2, 1, 1e4),
    arguments_(30, 1000, 2, 0),
    arguments_(70, 3, 3, 0),
    { ...arguments_(12, 12, 2, 1, 0), name: "all at one place" },
  ],
  reference: ({ y, map }, { own }) => repulsions(y, map, own === 1),
  tolerance: { force: { abs: 3e-6, rel: 1e-5 }, mass: { rel: 3e-6 } },
});
