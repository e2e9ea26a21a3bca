import type { Device } from "../device/device.ts";
import { Cancelled } from "../errors.ts";
import { centredRows } from "../kernels/centred_rows.ts";
import { dense } from "../kernels/dense.ts";
import { data, state, type Tensor } from "../plan/tensor.ts";
import { plan, tileRows } from "./centred.ts";

/** `y = (x - centre) w + bias`. */
export interface Affine {
  /** [dim] */
  readonly centre: Float32Array;
  /** [dim, count] */
  readonly w: Float32Array;
  /** [count] */
  readonly bias: Float32Array;
}

/**
 * `(x - centre) w + bias` of all rows, [n, count], tile by tile.
 * @param x [n, dim] f32, on the device
 * @throws Cancelled if the signal is aborted
 */
export async function mapRows(
  device: Device,
  x: Tensor,
  { centre, w, bias }: Affine,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const [n, dim] = x.shape, count = bias.length;
  const m = tileRows(n, Math.max(dim, count));
  const t = {
    centre: data("centre", [dim]),
    w: data("directions", [dim, count]),
    b: data("bias", [count]),
    tile: state("centred rows", [m, dim]),
    square: state("squares", [m]),
    y: state("scores", [m, count]),
  };
  const project = plan("affine map of rows", (g) => {
    const first = g.scalar("first", "u32");
    const rows = { x, centre: t.centre, y: t.tile, square: t.square };
    g.call(centredRows, rows, { rows: n, m, dim, first });
    const sizes = { m, k: dim, n: count, bias: 1, activation: 0 };
    g.call(dense, { x: t.tile, w: t.w, b: t.b, y: t.y }, sizes);
  });
  const out = new Float32Array(n * count);
  try {
    await device.load(project);
    device.write(t.centre, centre);
    device.write(t.w, w);
    device.write(t.b, bias);
    for (let first = 0; first < n; first += m) {
      if (signal?.aborted) throw new Cancelled("pca: stopped on request");
      device.run(project, [{ first }]);
      const length = Math.min(m, n - first) * count;
      out.set(await device.read(t.y, undefined, { at: 0, length }) as Float32Array, first * count);
    }
    return out;
  } finally {
    device.unload(project);
    device.free(...Object.values(t));
  }
}
