import type { Kernel, Values } from "../kernels/kernel.ts";
import { type Call, type Graph, Scalar } from "./graph.ts";
import { assignSlots } from "./memory.ts";
import type { Storage, Tensor } from "./tensor.ts";

/** A kernel call with its sizes known. */
export interface PlannedCall {
  readonly kernel: Kernel;
  readonly tensors: readonly Tensor[];
  /** Values in the order of the declaration; a Scalar is filled in at each step. */
  readonly values: readonly (number | Scalar)[];
  /** Values by name, a Scalar as 0: what `grid`, `items` and `scratch` are asked with. */
  readonly sizes: Values<Record<string, number>>;
}

/** A graph with memory assigned and parameters in order. Immutable; a device loads it. */
export interface Plan {
  /** That of the graph. */
  readonly name: string;
  /** In the order in which they run. */
  readonly calls: readonly PlannedCall[];
  /** Bytes of each slot for temporaries. */
  readonly slots: readonly number[];
  /** Which slot of memory each temporary lies in. */
  readonly slotOf: ReadonlyMap<Tensor, number>;
  /** Everything that outlives a run. */
  readonly storages: readonly Storage[];
  /** The per-step values that `run` must be given, by name. */
  readonly scalars: readonly Scalar[];
  /** Temporaries that stay readable after a run. */
  readonly outputs: ReadonlySet<Tensor>;
  /** The program as text: one line per call with shapes, places and parameters. */
  toString(): string;
}

/** Makes the plan of a graph. The graph can be dropped afterwards. */
export function compile(graph: Graph): Plan {
  const calls = graph.calls.map(planCall);
  const slots = assignSlots(graph.calls, graph.outputs);
  const storages = new Set<Storage>();
  for (const call of graph.calls) {
    for (const t of call.tensors) {
      if (t.storage === null) continue;
      t.storage.sealed = true;
      storages.add(t.storage);
    }
  }
  const plan: Plan = {
    name: graph.name,
    calls,
    slots: slots.bytes,
    slotOf: slots.of,
    storages: [...storages],
    scalars: graph.scalars,
    outputs: new Set(graph.outputs),
    toString: () => print(plan),
  };
  return plan;
}

function planCall(call: Call): PlannedCall {
  const names = Object.keys(call.kernel.params);
  const values = names.map((name) => call.params[name]);
  const sizes = Object.fromEntries(
    names.map((name, i) => [name, values[i] instanceof Scalar ? 0 : values[i] as number]),
  );
  return { kernel: call.kernel, tensors: call.tensors, values, sizes };
}

const mb = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

function print(plan: Plan): string {
  const head = `plan ${plan.name}: ${plan.calls.length} calls, ${plan.slots.length} slots (${
    mb(sum(plan.slots))
  }), ${plan.storages.length} storages (${mb(sum(plan.storages.map((s) => s.bytes)))})`;
  const scalars = plan.scalars.length === 0
    ? []
    : [`  per step: ${plan.scalars.map((s) => `${s.name}:${s.type}`).join(", ")}`];
  return [head, ...scalars, ...plan.calls.map((call, i) => printCall(plan, call, i))].join("\n");
}

function printCall(plan: Plan, call: PlannedCall, index: number): string {
  const place = (t: Tensor) => t.storage === null ? `${t}@${plan.slotOf.get(t)}` : `${t}`;
  const specs = Object.entries(call.kernel.buffers);
  const list = (write: boolean) =>
    specs.flatMap(([, spec], i) =>
      (spec.access !== "read") === write ? [place(call.tensors[i])] : []
    ).join(" ");
  const params = Object.keys(call.kernel.params).map((name, i) => {
    const value = call.values[i];
    return `${name}=${value instanceof Scalar ? `<${value.name}>` : value}`;
  });
  return `${String(index).padStart(3)} ${call.kernel.name.padEnd(20)} ${list(true)} <- ${
    list(false)
  }  {${params.join(" ")}}`;
}
