/** The WASM module as the host and the workers see it. */

/** First message to a worker. */
export interface Init {
  readonly type: "init";
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Kernel functions in the order of their table indices. */
  readonly names: readonly string[];
  /** Micro-kernel of the matrix products, see `tune.ts`; undefined leaves the default. */
  readonly tile?: number;
}

/** Asks a worker to run a plan; addresses are bytes in the shared memory. */
export interface RunRequest {
  readonly type: "run";
  readonly leader: boolean;
  readonly workers: number;
  readonly plan: number;
  readonly repeats: number;
  readonly scalars: number;
  readonly shared: number;
}

/** One instance of the module. */
export interface Engine {
  readonly exports: Exports;
  /** False if another worker died. */
  run(request: RunRequest): boolean;
}

type Exports = Record<string, (...args: number[]) => number>;

/** Exports that are not kernels. */
const OTHER = /^(run|probe_|set_|memory$|table$|__)/;

/** Names of the kernel functions of a module, sorted: their order in the table. */
export function kernelNames(module: WebAssembly.Module): string[] {
  return WebAssembly.Module.exports(module)
    .filter((e) => e.kind === "function" && !OTHER.test(e.name))
    .map((e) => e.name).sort();
}

/** Table index of the first kernel: those before it belong to the compiler. */
export const FIRST_INDEX = 8;

/** Makes an instance over `memory` with the kernels in its function table. */
export async function instantiate(init: Omit<Init, "type">): Promise<Engine> {
  const { exports } = await WebAssembly.instantiate(init.module, { env: { memory: init.memory } });
  const table = exports.table as WebAssembly.Table;
  table.grow(FIRST_INDEX + init.names.length - table.length);
  init.names.forEach((name, i) => table.set(FIRST_INDEX + i, exports[name]));
  const functions = exports as unknown as Exports;
  if (init.tile !== undefined) functions.set_tile(init.tile);
  return {
    exports: functions,
    run: (r) =>
      functions.run(r.leader ? 1 : 0, r.workers, r.plan, r.repeats, r.scalars, r.shared) === 1,
  };
}
