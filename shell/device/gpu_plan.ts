import { KernelError } from "../errors.ts";
import type { Body, Gpu, Kernel } from "../kernels/kernel.ts";
import { Scalar } from "../plan/graph.ts";
import type { Plan, PlannedCall } from "../plan/plan.ts";
import { paced } from "./paced.ts";
import { packWord, type Scalars } from "./device.ts";

/** Bytes between the parameter blocks of two calls: what every device accepts as an offset. */
export const STRIDE = 256;

/** Where the parameter blocks of a plan lie in its uniform buffer. */
export interface Params {
  /** Offset of each call's block. */
  readonly offsets: readonly number[];
  /** All blocks; those with per-step values come first. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Bytes of the blocks with per-step values: what a step copies. */
  readonly dynamic: number;
  /** Which scalar goes where in the dynamic blocks. */
  readonly patches: readonly { readonly at: number; readonly scalar: Scalar }[];
}

/** Packs the parameters of all calls. */
export function packParams(plan: Plan): Params {
  const isDynamic = (call: PlannedCall) => call.values.some((value) => value instanceof Scalar);
  const dynamic = plan.calls.filter(isDynamic).length * STRIDE;
  const bytes = new Uint8Array(Math.max(1, plan.calls.length) * STRIDE);
  const view = new DataView(bytes.buffer);
  const patches: { at: number; scalar: Scalar }[] = [];
  let nextDynamic = 0, nextStatic = dynamic;
  const offsets = plan.calls.map((call) => {
    const offset = isDynamic(call) ? nextDynamic : nextStatic;
    if (isDynamic(call)) nextDynamic += STRIDE;
    else nextStatic += STRIDE;
    const types = Object.values(call.kernel.params);
    call.values.forEach((value, i) => {
      if (value instanceof Scalar) patches.push({ at: offset + 4 * i, scalar: value });
      else packWord(types[i], value, view, offset + 4 * i);
    });
    return offset;
  });
  return { offsets, bytes, dynamic, patches };
}

/**
 * The dynamic blocks of several steps, one after the other.
 * @throws RangeError if a scalar is missing or is not a finite number
 */
export function packSteps(plan: Plan, params: Params, steps: readonly Scalars[]) {
  const out = new Uint8Array(steps.length * params.dynamic);
  const view = new DataView(out.buffer);
  steps.forEach((step, r) => {
    out.set(params.bytes.subarray(0, params.dynamic), r * params.dynamic);
    for (const { at, scalar } of params.patches) {
      const value = step[scalar.name];
      if (!Number.isFinite(value)) {
        throw new RangeError(
          `run ${plan.name}: scalar ${scalar.name} must be given, got ${value}`,
        );
      }
      packWord(scalar.type, value, view, r * params.dynamic + at);
    }
  });
  return out;
}

/** Bytes of a kernel's parameter block: a uniform struct is a multiple of 16. */
export function paramBytes(kernel: Kernel): number {
  return Math.max(16, Math.ceil(Object.keys(kernel.params).length / 4) * 16);
}

/** A WGSL body that was chosen for a call. */
export interface Choice {
  /** Distinguishes the bodies of one kernel. */
  readonly key: string;
  readonly body: Body<Record<string, "u32" | "f32">>;
  readonly subgroups: boolean;
}

/** The body for a call: the variant that is forced, or the first that suits, or the kernel's own. */
export function choose(call: PlannedCall, gpu: Gpu, forced?: string): Choice {
  const { kernel, sizes } = call;
  for (const [name, variant] of Object.entries(kernel.variants ?? {})) {
    if (variant.subgroups && !gpu.subgroups) continue;
    if (forced ? name === forced : variant.when(gpu, sizes)) {
      return {
        key: `${kernel.name}_${name}`,
        body: variant,
        subgroups: variant.subgroups === true,
      };
    }
  }
  return { key: kernel.name, body: kernel, subgroups: false };
}

/** Compiles kernels, each body with each set of constants once. */
export class Pipelines {
  readonly #made = new Map<string, Promise<GPUComputePipeline>>();

  constructor(readonly device: GPUDevice, readonly enableSubgroups: boolean) {}

  /** @throws KernelError if the compiler refuses the body */
  get(call: PlannedCall, choice: Choice): Promise<GPUComputePipeline> {
    const constants = choice.body.constants?.(call.sizes) ?? {};
    const key = `${choice.key} ${JSON.stringify(constants)}`;
    let made = this.#made.get(key);
    if (!made) this.#made.set(key, made = this.#compile(call.kernel, choice, constants));
    return made;
  }

  async #compile(kernel: Kernel, choice: Choice, constants: Record<string, number>) {
    const enable = choice.subgroups && this.enableSubgroups ? "enable subgroups;\n" : "";
    // A scope, so that a refused body fails this kernel and not the device.
    this.device.pushErrorScope("validation");
    const code = enable + choice.body.wgsl;
    const module = this.device.createShaderModule({ label: choice.key, code });
    const layout = this.device.createPipelineLayout({
      bindGroupLayouts: [this.device.createBindGroupLayout({ entries: layoutEntries(kernel) })],
    });
    const compute = { module, entryPoint: "main", constants };
    const making = paced(() =>
      this.device.createComputePipelineAsync({ label: choice.key, layout, compute })
    ).catch((error: Error) => error);
    const refused = await paced(() => this.device.popErrorScope());
    const made = await making;
    if (!refused && !(made instanceof Error)) return made;
    const { messages } = await module.getCompilationInfo();
    const lines = messages.map((m) => `line ${m.lineNum}: ${m.message}`).join("; ");
    const reason = lines || refused?.message || (made as Error).message;
    throw new KernelError(`${choice.key}.wgsl: ${reason}`);
  }
}

/** Stage bit of compute shaders, by value: Node has no GPUShaderStage global. */
const COMPUTE = 4;

function layoutEntries(kernel: Kernel): GPUBindGroupLayoutEntry[] {
  const types = Object.values(kernel.buffers).map((spec): GPUBufferBindingType =>
    spec.access === "read" ? "read-only-storage" : "storage"
  );
  return [...types, "uniform" as const].map((type, binding) => ({
    binding,
    visibility: COMPUTE,
    buffer: { type },
  }));
}
