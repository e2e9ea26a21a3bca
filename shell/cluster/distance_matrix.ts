import type { Device } from "../device/device.ts";
import { Cancelled } from "../errors.ts";
import { centredRows } from "../kernels/centred_rows.ts";
import { squaredDistances } from "../kernels/squared_distances.ts";
import { Graph } from "../plan/graph.ts";
import { compile } from "../plan/plan.ts";
import { data, state } from "../plan/tensor.ts";

/** Distances of a tile, at most. */
const TILE = 1 << 22;

/** Bytes of the largest matrix, and so the most points. */
const LARGEST = 2 ** 31;
export const MOST_POINTS = Math.floor(Math.sqrt(LARGEST / 4));

/**
 * `||x_i - x_j||^2` of all pairs of n rows, [n, n] float32, computed on the device in tiles of rows
 * and kept by the host.
 * @throws Cancelled if the signal is aborted
 */
export async function squareMatrix(
  device: Device,
  rows: Float32Array,
  dim: number,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const n = rows.length / dim, m = Math.max(1, Math.min(n, Math.floor(TILE / n)));
  const out = new Float32Array(n * n);
  const t = {
    points: data("points", [n, dim]),
    tile: state("tile", [m, dim]),
    square: state("squares", [m]),
    zeros: state("zeros", [dim]),
    d: state("distances", [m, n]),
  };
  const g = new Graph("distances");
  const { points: x, zeros: centre, tile: y, square } = t;
  g.call(centredRows, { x, centre, y, square }, {
    rows: n,
    m,
    dim,
    first: g.scalar("first", "u32"),
  });
  g.call(squaredDistances, { x: t.tile, c: t.points, d: t.d }, { n: m, dim, k: n });
  const plan = compile(g);
  try {
    await device.load(plan);
    device.write(t.points, rows);
    for (let first = 0; first < n; first += m) {
      if (signal?.aborted) throw new Cancelled("linkage: stopped on request");
      device.run(plan, [{ first }]);
      const range = { at: 0, length: Math.min(m, n - first) * n };
      out.set(await device.read(t.d, undefined, range), first * n);
    }
    return out;
  } finally {
    device.unload(plan);
    device.free(...Object.values(t));
  }
}
