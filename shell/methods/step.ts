import { putRows } from "../ops/gather.ts";
import { Graph } from "../plan/graph.ts";
import { compile, type Plan } from "../plan/plan.ts";
import { data, state, type Tensor } from "../plan/tensor.ts";
import type { Training } from "./train.ts";

/** The program of one full step of a training, for the bench and for people. */
export function stepPlan(t: Training, samples = t.rows.n): Plan {
  const index = data("index", [samples], "u32");
  return recordStep(t, index, new Map(), samples, Math.min(t.batch, samples));
}

/** The program of one step: losses, gradients, update, and a note of each loss. */
export function recordStep(
  t: Training,
  index: Tensor,
  logs: Map<string, Tensor>,
  samples: number,
  m: number,
): Plan {
  const g = new Graph(`${t.phase}, batch ${m}`);
  const recorded = t.record(g, t.rows.batch(g, index, m), index);
  const losses = "dtype" in recorded ? { loss: recorded as Tensor } : recorded;
  for (const [name, loss] of Object.entries(losses)) {
    const length = Math.ceil(samples / t.batch);
    if (!logs.has(name)) logs.set(name, state(`log ${name}`, [length]));
    putRows(g, loss, logs.get(name)!, g.scalar("slot", "u32"));
  }
  g.backward(...Object.values(losses));
  t.optimizer.record(g);
  t.after?.(g);
  return compile(g);
}
