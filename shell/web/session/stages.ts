import type { Bar } from "../../run/bar.ts";
import type { SessionEvent } from "./types.ts";

/** Times in seconds of the stages, by name. */
export type Times = Record<string, number>;

/** Does a stage of the work and notes its time. */
export async function timed<T>(times: Times, name: string, work: () => Promise<T>): Promise<T> {
  const since = performance.now();
  try {
    return await work();
  } finally {
    times[name] = (performance.now() - since) / 1000;
  }
}

/** Tells of a stage, a few times a second. */
export function barOf(tell: (event: SessionEvent) => void, stage: string): Bar {
  let told = -Infinity;
  return {
    update(share, text) {
      if (performance.now() - told < 150) return;
      told = performance.now();
      tell({ type: "stage", stage, share: Math.min(1, Math.max(0, share)), text });
    },
    done: (text) => tell({ type: "stage", stage, share: 1, text }),
  };
}
