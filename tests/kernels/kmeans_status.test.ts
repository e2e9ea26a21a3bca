import { kmeansStatus } from "../../shell/kernels/kmeans_status.ts";
import { kernelTest, randoms } from "../harness.ts";

interface Setting {
  readonly name: string;
  readonly blocks?: number;
  readonly k?: number;
  readonly changed?: number;
  readonly tolerance?: number;
  readonly empty?: number;
  readonly status?: number;
  readonly iteration?: number;
}

const one = (s: Setting) => {
  const { blocks = 70, k = 65, changed = 3, tolerance = 0, empty, status = 0, iteration = 1 } = s;
  const limit = 5;
  return {
    name: s.name,
    params: { blocks, k, limit, tolerance },
    buffers: {
      changed: Uint32Array.from({ length: blocks }, (_, b) => b === blocks - 1 ? changed : 0),
      shift: randoms(k, 2, 0, 1),
      size: Uint32Array.from({ length: k }, (_, j) => j === empty ? 0 : 4),
      status: Float32Array.from({ length: 2 + k }, (_, i) => [status, iteration][i] ?? i / 7),
      history: new Float32Array(2 * limit).fill(-7),
    },
  };
};

kernelTest(kmeansStatus, {
  cases: [
    { name: "goes on" },
    { name: "one of each", blocks: 1, k: 1 },
    { name: "two centres", k: 2 },
    { name: "many of each", blocks: 1000, k: 500 },
    { name: "no label changed", changed: 0 },
    { name: "small steps", tolerance: 100 },
    { name: "no label changed goes before small steps", changed: 0, tolerance: 100 },
    {
      name: "an empty cluster goes before all",
      changed: 0,
      tolerance: 100,
      empty: 64,
      iteration: 4,
    },
    { name: "the last iteration", iteration: 4 },
    { name: "nothing once stopped", status: 3 },
  ].map(one),
  reference: ({ changed, shift, size, status, history }, { limit, tolerance }) => {
    if (status[0] !== 0) return { status, history };
    const total = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
    const t = status[1];
    const rows = Array.from(history);
    rows.splice(2 * t, 2, total(changed), total(shift));
    let stop = 0;
    if (size.includes(0)) stop = 3;
    else if (total(changed) === 0) stop = 1;
    else if (total(shift) <= tolerance) stop = 2;
    else if (t + 1 >= limit) stop = 4;
    const steps = Array.from(shift, Math.sqrt);
    const travel = steps.map((step, j) =>
      status[2 + j] + step + Math.max(0, ...steps.filter((_, i) => i !== j))
    );
    return { status: [stop, t + 1, ...travel], history: rows };
  },
  // Steps are taken a thousandth too long.
  tolerance: { history: { rel: 1e-6 }, status: { rel: 2e-3 } },
});
