import { kernel, reads, updates } from "./kernel.ts";
import wgsl from "../../shaders/kmeans_status.wgsl" with { type: "text" };

/** Values of `status[0]`: why the iteration stopped, 0 if it goes on. */
export const kmeansStops = { running: 0, stable: 1, tolerance: 2, empty: 3, limit: 4 } as const;

/**
 * Ends an iteration of Lloyd's algorithm. `history[t]`, t being `status[1]`, becomes
 * `[labels that changed, sum of shift]`; `status[1]` grows by 1; and `status[0]` becomes the first
 * that holds: 3 a cluster is empty, 1 no label changed, 2 the sum of shift is at most `tolerance`,
 * 4 the iteration was number `limit`, else 0. Does nothing if it is not 0 before: once stopped,
 * further iterations change nothing.
 *
 * `status[2 + j]` is the travel of centre j, which `kmeans_assign` compares with its bounds: by how
 * much at most `||x - c_j|| - ||x - c_i||` has grown since the start, for any point x and any other
 * centre i. It grows by `sqrt(shift_j) + max_{i != j} sqrt(shift_i)`, made a little longer so that
 * rounding cannot make it too short.
 *
 * changed is [blocks] of `kmeans_assign`; shift and size are [k] of `kmeans_update`; status is
 * [2 + k]; history is [limit, 2].
 */
export const kmeansStatus = kernel({
  name: "kmeans_status",
  buffers: {
    changed: reads("u32"),
    shift: reads("f32"),
    size: reads("u32"),
    status: updates("f32"),
    history: updates("f32"),
  },
  params: { blocks: "u32", k: "u32", limit: "u32", tolerance: "f32" },
  wgsl,
  grid: () => [1],
  items: () => 1,
});
