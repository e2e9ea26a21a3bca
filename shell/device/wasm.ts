import { DeviceError } from "../errors.ts";
import type { Plan } from "../plan/plan.ts";
import type { Storage, Tensor } from "../plan/tensor.ts";
import { asset } from "./assets.ts";
import {
  arrayFor,
  checkRange,
  checkWrite,
  type Device,
  type DeviceInfo,
  type Numbers,
  packScalars,
  type Scalars,
} from "./device.ts";
import { type Init, kernelNames } from "./engine.ts";
import { type Block, Heap } from "./heap.ts";
import { canShareMemory, enableRelaxedSimd, readBytes, usualWorkers } from "./platform.ts";
import { type Crew, inline, startWorkers } from "./pool.ts";
import { fastestTile, TUNE_BYTES } from "./tune.ts";
import { type Loaded, MAX_ROWS, writePlan } from "./wasm_plan.ts";

/** How to open a WASM device. */
export interface WasmOptions {
  /**
   * Worker threads; default one per core, in pages with more than 4 cores one fewer. 0: the calling
   * thread, which every runtime allows.
   */
  readonly workers?: number;
  /** Relaxed SIMD (fused multiply-add); default: where the runtime has it. */
  readonly relaxed?: boolean;
  /** Address of the folder that holds `worker.js` and the `.wasm` files. */
  readonly assets?: string | URL;
  /** Inner loop of the matrix products, 0 to 2; default the fastest by a probe. Same bits. */
  readonly tile?: number;
}

/** (module (func (result v128) v128.const 0 v128.const 0 v128.const 0 f32x4.relaxed_madd)) */
// deno-fmt-ignore
const RELAXED_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 61, 1, 59, 0,
  ...[0, 1, 2].flatMap(() => [253, 12, ...new Array(16).fill(0)]),
  253, 133, 2, 11,
]);

/** Half of the 4 GB that 32-bit addresses reach. */
const LARGEST = 2 ** 31;

/** Bytes that the workers share for the barrier, three lines of 64. */
const SHARED_BYTES = 192;
/** Offset of the abort flag, see `engine/plan.ts`. */
const ABORT = 8;
const GENERATION = 64;

/** Whether this runtime runs the relaxed SIMD build. */
export async function hasRelaxedSimd(): Promise<boolean> {
  await enableRelaxedSimd();
  return WebAssembly.validate(RELAXED_PROBE);
}

/**
 * Opens the WASM device.
 * @throws RangeError if `workers` is not an integer from 0 to 256
 * @throws DeviceError if workers are asked for in a page without cross-origin isolation
 */
export async function openWasm(options: WasmOptions = {}): Promise<WasmDevice> {
  const shared = canShareMemory();
  const workers = options.workers ?? (shared ? await usualWorkers() : 0);
  if (!Number.isInteger(workers) || workers < 0 || workers > 256) {
    throw new RangeError(`workers must be an integer from 0 to 256, got ${options.workers}`);
  }
  if (workers > 0 && !shared) {
    throw new DeviceError(
      "this page cannot share memory with workers: serve it with the headers " +
        "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, " +
        "or ask for workers: 0",
    );
  }
  const relaxed = options.relaxed ?? await hasRelaxedSimd();
  if (relaxed) await enableRelaxedSimd();
  const url = asset(`engine.${relaxed ? "relaxed" : "simd"}.wasm`, options.assets);
  const bytes = await readBytes(url).catch((error) => {
    throw new DeviceError(`the engine is not at ${url} (${error.message}): run the build first`);
  });
  const module = await WebAssembly.compile(bytes);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536, shared: true });
  const names = kernelNames(module);
  const heap = new Heap(memory);
  const spare = heap.take(TUNE_BYTES);
  const untuned: Init = { type: "init", module, memory, names };
  const tile = options.tile ?? await fastestTile(relaxed, untuned, spare.at);
  const init: Init = { ...untuned, tile };
  heap.give(spare);
  const barrier = heap.take(SHARED_BYTES).at;
  const abort = () => {
    const words = new Int32Array(memory.buffer);
    Atomics.store(words, (barrier + ABORT) / 4, 1);
    Atomics.notify(words, (barrier + GENERATION) / 4);
  };
  const crew = workers === 0
    ? await inline(init)
    : await startWorkers(workers, init, abort, options.assets);
  const description = `WASM, ${relaxed ? "relaxed SIMD" : "SIMD"}, ${
    workers === 0 ? "no workers" : workers === 1 ? "1 worker" : `${workers} workers`
  }`;
  return new WasmDevice(
    { kind: "wasm", description, workers, relaxed, largest: LARGEST },
    heap,
    names,
    crew,
    barrier,
  );
}

/** Runs plans in WebAssembly over one shared memory. */
export class WasmDevice implements Device {
  readonly #blocks = new Map<Storage, Block>();
  readonly #plans = new Map<Plan, Loaded>();
  /** The end of what was asked for so far; rejected for good once something failed. */
  #tail: Promise<void> = Promise.resolve();
  #pending = 0;
  #closed = false;

  /** Use `openWasm`. */
  constructor(
    readonly info: DeviceInfo,
    readonly heap: Heap,
    readonly names: readonly string[],
    readonly crew: Crew,
    readonly barrier: number,
  ) {}

  /** Does `act` after all that was asked before; at once if there is nothing. */
  #then(act: () => void | Promise<void>): void {
    if (this.#closed) throw new DeviceError("the device is closed: open another one");
    this.#pending++;
    const done = () => void this.#pending--;
    this.#tail = this.#tail.then(act).finally(done);
    // Thrown again by the next sync or read.
    this.#tail.catch(() => {});
  }

  async load(plan: Plan): Promise<void> {
    if (this.#plans.has(plan)) return;
    await this.sync();
    for (const storage of plan.storages) this.#place(storage);
    this.#plans.set(plan, writePlan(plan, this.heap, this.names, (t) => this.#address(t)));
  }

  #place(storage: Storage): Block {
    let block = this.#blocks.get(storage);
    if (!block) {
      storage.sealed = true;
      this.#blocks.set(storage, block = this.heap.take(storage.bytes));
    }
    return block;
  }

  #address(tensor: Tensor, plan?: Plan): number {
    if (tensor.storage) return this.#place(tensor.storage).at + tensor.offset;
    const loaded = plan && this.#plans.get(plan);
    if (!loaded || !plan.outputs.has(tensor)) {
      throw new RangeError(`${tensor} is a temporary: name its loaded plan, and mark it as output`);
    }
    return loaded.slots[plan.slotOf.get(tensor)!].at;
  }

  unload(plan: Plan): void {
    const loaded = this.#plans.get(plan);
    if (!loaded) return;
    this.#plans.delete(plan);
    this.#then(() => loaded.blocks.forEach((block) => this.heap.give(block)));
  }

  write(tensor: Tensor, values: Numbers, at = 0): void {
    checkWrite(tensor, values, at);
    const store = (from: Numbers) => {
      const address = this.#address(tensor) + at * from.BYTES_PER_ELEMENT;
      arrayFor(tensor, this.heap.memory.buffer, address, from.length).set(from);
    };
    if (this.#pending === 0 && !this.#closed) return store(values);
    const copy = values.slice();
    this.#then(() => store(copy));
  }

  run(plan: Plan, steps: readonly Scalars[] = [{}]): void {
    const loaded = this.#plans.get(plan);
    if (!loaded) throw new RangeError(`run: plan ${plan.name} is not loaded on this device`);
    for (let i = 0; i < steps.length; i += MAX_ROWS) {
      const rows = steps.slice(i, i + MAX_ROWS);
      const words = new Uint8Array(rows.length * loaded.rowBytes);
      const view = new DataView(words.buffer);
      rows.forEach((row, k) => packScalars(plan, row, view, k * loaded.rowBytes));
      this.#then(() => {
        new Uint8Array(this.heap.memory.buffer, loaded.scalars, words.length).set(words);
        const { address, scalars, rowBytes } = loaded;
        const request = { plan: address, repeats: rows.length, scalars, shared: this.barrier };
        return this.crew.run(request, rowBytes);
      });
    }
  }

  async read(
    tensor: Tensor,
    plan?: Plan,
    range?: { at: number; length: number },
  ): Promise<Numbers> {
    const { at, length } = checkRange(tensor, range);
    await this.sync();
    const address = this.#address(tensor, plan) + at * (tensor.bytes / tensor.size);
    // A copy: what the caller holds is neither shared nor moved by growth.
    return arrayFor(tensor, this.heap.memory.buffer, address, length).slice();
  }

  async sync(): Promise<void> {
    if (this.#closed) throw new DeviceError("the device is closed: open another one");
    await this.#tail;
  }

  free(...tensors: readonly Tensor[]): void {
    this.#then(() => {
      for (const { storage } of tensors) {
        const block = storage && this.#blocks.get(storage);
        if (!block) continue;
        this.#blocks.delete(storage);
        this.heap.give(block);
      }
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#tail.catch(() => {});
    await this.crew.close();
  }
}
