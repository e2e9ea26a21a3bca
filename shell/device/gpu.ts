import { DeviceError, KernelError } from "../errors.ts";
import { bytesOf, type Gpu } from "../kernels/kernel.ts";
import type { Plan } from "../plan/plan.ts";
import type { Tensor } from "../plan/tensor.ts";
import {
  arrayFor,
  checkRange,
  type Device,
  type DeviceInfo,
  type Numbers,
  type Scalars,
} from "./device.ts";
import {
  type AdapterOptions,
  findAdapter,
  type Found,
  remedy,
  requestDevice,
} from "./gpu_adapter.ts";
import { choose, packParams, packSteps, paramBytes, type Params, Pipelines } from "./gpu_plan.ts";
import { COPY_DST, COPY_SRC, GpuMemory, STORAGE, UNIFORM } from "./gpu_memory.ts";
import { paced } from "./paced.ts";
import { breathe, runtime } from "./platform.ts";
import { selfTest } from "./self_test.ts";

/** How to open a WebGPU device. */
export interface GpuOptions extends AdapterOptions {
  /** Takes the kernels' variant of that name wherever there is one; for tests. */
  readonly variant?: string;
}

/** Steps in one submit at most, and dispatches after which a submit is full. */
const MAX_ROWS = 64;
const MAX_DISPATCHES = 2048;

interface Dispatch {
  readonly pipeline: GPUComputePipeline;
  readonly bindings: GPUBindGroup;
  readonly grid: readonly [number, number?, number?];
}

interface Loaded {
  readonly params: Params;
  readonly uniform: GPUBuffer;
  /** Rows of dynamic parameter blocks, copied to the uniform at each step. */
  readonly staging: GPUBuffer;
  readonly rows: number;
  readonly slots: readonly GPUBuffer[];
  readonly dispatches: readonly Dispatch[];
}

/**
 * Opens a WebGPU device and tests it.
 * @throws DeviceError if there is no such adapter, or it computes wrongly
 */
export async function openGpu(options: GpuOptions = {}): Promise<GpuDevice> {
  const found = await findAdapter(options);
  if (!found) {
    throw new DeviceError(
      `there is no hardware WebGPU adapter here: ${remedy()}, or name a software adapter: ` +
        `--adapter, adapter: "swiftshader"`,
    );
  }
  const device = new GpuDevice(await requestDevice(found), found, options.variant);
  try {
    await selfTest(device, found.name);
  } catch (error) {
    await device.close();
    throw error;
  }
  return device;
}

/** Runs plans on a GPU: everything is compiled and bound at load; a run only encodes. */
export class GpuDevice implements Device {
  /** What the device is, for people and for choices by size. */
  readonly info: DeviceInfo;
  /** What kernels may know of the adapter. */
  readonly gpu: Gpu;
  readonly #memory: GpuMemory;
  readonly #plans = new Map<Plan, Loaded>();
  readonly #pipelines: Pipelines;
  #failure: DeviceError | undefined;
  #closed = false;

  /** Takes an opened device; `openGpu` opens one. */
  constructor(readonly device: GPUDevice, found: Found, readonly variant?: string) {
    const through = found.provider === "dawn" ? "Dawn" : runtime === "deno" ? "wgpu" : "built in";
    this.info = {
      kind: "webgpu",
      description: `WebGPU, ${found.name} (${through})`,
      software: found.software,
      largest: Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize),
    };
    this.gpu = {
      software: found.software,
      // The bodies number the subgroups themselves, which older compilers cannot.
      subgroups: device.features.has("subgroups" as GPUFeatureName) && found.subgroupId,
      maxInvocations: device.limits.maxComputeInvocationsPerWorkgroup,
      maxWorkgroupBytes: device.limits.maxComputeWorkgroupStorageSize,
    };
    this.#memory = new GpuMemory(device);
    // naga has subgroup operations without the directive, and refuses the directive.
    const naga = found.provider === "builtin" && runtime === "deno";
    this.#pipelines = new Pipelines(device, !naga);
    device.lost.then((lost) => {
      if (!this.#closed) this.#fail(`the GPU device was lost (${lost.message || lost.reason})`);
    });
    device.addEventListener("uncapturederror", (event) => {
      this.#fail(`the GPU failed (${(event as GPUUncapturedErrorEvent).error.message})`);
    });
  }

  #fail(what: string): void {
    this.#failure ??= new DeviceError(
      `${what}: open the device again and go on from the last checkpoint, or use device wasm`,
    );
  }

  #check(): void {
    if (this.#closed) throw new DeviceError("the device is closed: open another one");
    if (this.#failure) throw this.#failure;
  }

  async load(plan: Plan): Promise<void> {
    this.#check();
    if (this.#plans.has(plan)) return;
    try {
      await this.#load(plan);
    } catch (error) {
      // What is being compiled when the device is lost fails in ways of its own, and before `lost`.
      await breathe();
      this.#check();
      if (error instanceof DeviceError || error instanceof KernelError) throw error;
      throw new DeviceError(`the GPU failed to load ${plan.name} (${(error as Error).message})`);
    }
  }

  async #load(plan: Plan): Promise<void> {
    const params = packParams(plan);
    const dispatches = plan.calls.length;
    const rows = Math.max(1, Math.min(MAX_ROWS, Math.floor(MAX_DISPATCHES / dispatches)));
    this.device.pushErrorScope("out-of-memory");
    const memory = this.#memory;
    for (const storage of plan.storages) memory.place(storage);
    const slots = plan.slots.map((bytes, i) =>
      memory.make(bytes, STORAGE | COPY_SRC | COPY_DST, `${plan.name} slot ${i}`)
    );
    const uniform = memory.make(params.bytes.length, UNIFORM | COPY_DST, `${plan.name} params`);
    const staging = memory.make(params.dynamic * rows, COPY_SRC | COPY_DST, `${plan.name} steps`);
    const refused = await paced(() => this.device.popErrorScope());
    if (refused) {
      throw new DeviceError(
        `the GPU is out of memory for plan ${plan.name} (${refused.message}): ` +
          "use less data (--limit), smaller batches, or device wasm",
      );
    }
    this.device.queue.writeBuffer(uniform, 0, params.bytes);
    const loaded = { params, uniform, staging, rows, slots };
    this.#plans.set(plan, { ...loaded, dispatches: await this.#bind(plan, loaded) });
  }

  /** Compiles and binds every call. */
  async #bind(plan: Plan, loaded: Omit<Loaded, "dispatches">): Promise<Dispatch[]> {
    const choices = plan.calls.map((call) => choose(call, this.gpu, this.variant));
    const pipelines = await Promise.all(
      plan.calls.map((call, i) => this.#pipelines.get(call, choices[i])),
    );
    return plan.calls.map((call, i) => {
      const resources: GPUBufferBinding[] = call.tensors.map((t) => ({
        buffer: t.storage ? this.#memory.place(t.storage) : loaded.slots[plan.slotOf.get(t)!],
        offset: t.offset,
        size: Math.ceil(t.bytes / 4) * 4,
      }));
      const { uniform: buffer, params } = loaded;
      resources.push({ buffer, offset: params.offsets[i], size: paramBytes(call.kernel) });
      const bindings = this.device.createBindGroup({
        label: call.kernel.name,
        layout: pipelines[i].getBindGroupLayout(0),
        entries: resources.map((resource, binding) => ({ binding, resource })),
      });
      return { pipeline: pipelines[i], bindings, grid: choices[i].body.grid(call.sizes) };
    });
  }

  unload(plan: Plan): void {
    const loaded = this.#plans.get(plan);
    if (!loaded) return;
    this.#plans.delete(plan);
    [loaded.uniform, loaded.staging, ...loaded.slots].forEach((buffer) => buffer.destroy());
  }

  write(tensor: Tensor, values: Numbers, at = 0): void {
    this.#check();
    this.#memory.write(tensor, values, at);
  }

  run(plan: Plan, steps: readonly Scalars[] = [{}]): void {
    this.#check();
    const loaded = this.#plans.get(plan);
    if (!loaded) throw new RangeError(`run: plan ${plan.name} is not loaded on this device`);
    for (let i = 0; i < steps.length; i += loaded.rows) {
      this.#submit(plan, loaded, steps.slice(i, i + loaded.rows));
    }
  }

  #submit(plan: Plan, loaded: Loaded, steps: readonly Scalars[]): void {
    const { dynamic } = loaded.params;
    if (dynamic > 0) {
      this.device.queue.writeBuffer(loaded.staging, 0, packSteps(plan, loaded.params, steps));
    }
    const encoder = this.device.createCommandEncoder();
    for (let r = 0; r < steps.length; r++) {
      if (dynamic > 0) {
        encoder.copyBufferToBuffer(loaded.staging, r * dynamic, loaded.uniform, 0, dynamic);
      }
      const pass = encoder.beginComputePass();
      for (const { pipeline, bindings, grid } of loaded.dispatches) {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, bindings);
        pass.dispatchWorkgroups(grid[0], grid[1] ?? 1, grid[2] ?? 1);
      }
      pass.end();
    }
    this.device.queue.submit([encoder.finish()]);
  }

  async read(
    tensor: Tensor,
    plan?: Plan,
    range?: { at: number; length: number },
  ): Promise<Numbers> {
    this.#check();
    const { at, length } = checkRange(tensor, range);
    const size = bytesOf[tensor.dtype];
    // Copies begin and end at multiples of 4 bytes.
    const from = at * size & ~3;
    const bytes = Math.ceil((at * size + length * size - from) / 4) * 4;
    const source = tensor.storage ? this.#memory.place(tensor.storage) : this.#output(tensor, plan);
    try {
      const copy = await this.#memory.read(source, tensor.offset + from, bytes);
      return arrayFor(tensor, copy, at * size - from, length).slice();
    } catch (error) {
      // A pending map is rejected when the device is lost, sometimes before `lost` resolves.
      await breathe();
      this.#check();
      throw new DeviceError(`reading ${tensor} from the GPU failed (${(error as Error).message})`);
    } finally {
      this.#check();
    }
  }

  #output(tensor: Tensor, plan?: Plan): GPUBuffer {
    const loaded = plan && this.#plans.get(plan);
    if (!loaded || !plan.outputs.has(tensor)) {
      throw new RangeError(`${tensor} is a temporary: name its loaded plan, and mark it as output`);
    }
    return loaded.slots[plan.slotOf.get(tensor)!];
  }

  async sync(): Promise<void> {
    this.#check();
    await paced(() => this.device.queue.onSubmittedWorkDone());
    this.#check();
  }

  free(...tensors: readonly Tensor[]): void {
    for (const { storage } of tensors) if (storage) this.#memory.free(storage);
  }

  close(): Promise<void> {
    this.#closed = true;
    this.device.destroy();
    return Promise.resolve();
  }
}
