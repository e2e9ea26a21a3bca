import { symbolOf } from "../../report/theme.ts";
import type { Points } from "./gl_points.ts";
import { PALETTE } from "./shaders.ts";

/** The same points on a canvas without WebGL 2: slower, with nothing else missing. */
export function flatPoints(canvas: HTMLCanvasElement): Points | null {
  const context = canvas.getContext("2d");
  if (!context) return null;
  let before = new Float32Array(0), after = before, groups = before, weights = before;
  let palette = new Float32Array(4 * (PALETTE + 1));
  const shapes = Array.from(
    { length: PALETTE + 1 },
    (_, i) => new Path2D(symbolOf(i === PALETTE ? -1 : i, 2)),
  );
  return {
    place: (a, b) => [before, after] = [a, b] as [typeof before, typeof after],
    group: (values) => groups = values as typeof groups,
    weigh: (values) => weights = values as typeof weights,
    paint: (values) => palette = values as typeof palette,
    draw({ view: [sx, sy, tx, ty], mixing, size }) {
      const { width, height } = canvas;
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, width, height);
      for (let i = 0; i < groups.length; i++) {
        const place = (axis: number) =>
          before[2 * i + axis] * (1 - mixing) + after[2 * i + axis] * mixing;
        const x = (place(0) * sx + tx + 1) * width / 2, y = (1 - place(1) * sy - ty) * height / 2;
        const index = groups[i] < 0 ? PALETTE : groups[i] % PALETTE;
        const [r, g, b, a] = palette.subarray(4 * index, 4 * index + 4);
        if (a * weights[i] === 0 || !(x > -9 && y > -9 && x < width + 9 && y < height + 9)) {
          continue;
        }
        context.setTransform(size / 2, 0, 0, size / 2, x, y);
        context.globalAlpha = Math.min(1, a * weights[i]);
        context.fillStyle = `rgb(${255 * r} ${255 * g} ${255 * b})`;
        context.fill(shapes[index]);
      }
    },
    free: () => {},
  };
}
