import { DeviceError } from "../errors.ts";
import { gpuEntry, type GpuProvider, runtime } from "./platform.ts";

/** How to choose a GPU adapter. */
export interface AdapterOptions {
  /**
   * A part of the adapter's name ("nvidia", "swiftshader"), in any case. Without it a hardware
   * adapter is taken: a software one is slower than WASM and must be asked for by name.
   */
  readonly adapter?: string;
  /** Dawn through npm `webgpu` or the runtime's own; default: Dawn where it is installed. */
  readonly provider?: GpuProvider;
}

/** An adapter and what is known of it. */
export interface Found {
  readonly adapter: GPUAdapter;
  readonly provider: GpuProvider;
  /** Vendor, architecture and description in one line. */
  readonly name: string;
  readonly software: boolean;
  /** The WGSL compiler knows `subgroup_id`. */
  readonly subgroupId: boolean;
}

/** Names of adapters that compute on the CPU. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bcpu\b/i;

const REQUESTS: GPURequestAdapterOptions[] = [
  { powerPreference: "high-performance" },
  { powerPreference: "low-power" },
  { forceFallbackAdapter: true },
];

/**
 * Every distinct adapter that the runtime offers, the preferred provider's first.
 * @param hardware whether software adapters need not be looked for
 */
export async function listAdapters(only?: GpuProvider, hardware = false): Promise<Found[]> {
  const found: Found[] = [];
  for (const provider of ["dawn", "builtin"] as const) {
    if (only && only !== provider) continue;
    const gpu = await gpuEntry(provider, hardware);
    if (!gpu) continue;
    for (const request of REQUESTS) {
      const adapter = await gpu.requestAdapter(request).catch(() => null);
      if (!adapter) continue;
      const one = describe(gpu, adapter, provider);
      if (!found.some((f) => f.provider === provider && f.name === one.name)) found.push(one);
    }
  }
  return found;
}

function describe(gpu: GPU, adapter: GPUAdapter, provider: GpuProvider): Found {
  const { vendor, architecture, device, description } = adapter.info;
  const parts = [description, device, architecture, vendor].filter(Boolean);
  const name =
    parts.filter((part, i) =>
      !parts.some((other, k) => k < i && other.toLowerCase().includes(part.toLowerCase()))
    ).join(", ") || "unnamed adapter";
  const fallback = (adapter.info as { isFallbackAdapter?: boolean }).isFallbackAdapter === true;
  const software = fallback || SOFTWARE.test(name);
  const subgroupId = gpu.wgslLanguageFeatures?.has("subgroup_id") ?? false;
  return { adapter, provider, name, software, subgroupId };
}

/**
 * The adapter to use, or null if there is no hardware adapter and none was named.
 * @throws DeviceError if the named one is not there
 */
export async function findAdapter(options: AdapterOptions): Promise<Found | null> {
  const all = await listAdapters(options.provider, !options.adapter);
  if (!options.adapter) return all.find((f) => !f.software) ?? null;
  const wanted = options.adapter.toLowerCase();
  const match = all.find((f) => f.name.toLowerCase().includes(wanted));
  if (match) return match;
  throw new DeviceError(
    all.length === 0
      ? `there is no WebGPU adapter here (asked for "${options.adapter}"): ${remedy()}`
      : `no WebGPU adapter is called "${options.adapter}": there is ${
        all.map((f) => `"${f.name}"`).join(" and ")
      }`,
  );
}

/** What a person can do about a missing adapter, by runtime. */
export function remedy(): string {
  return runtime === "browser"
    ? "use a browser with WebGPU switched on, or device wasm"
    : "install a Vulkan driver (and npm webgpu), or use device wasm";
}

/** Limits that kernels profit from; asked for up to what the adapter has. */
const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
] as const;

/** Opens a device on an adapter with the limits and features that kernels use. */
export async function requestDevice(found: Found): Promise<GPUDevice> {
  const requiredLimits: Record<string, number> = {};
  for (const name of LIMITS) requiredLimits[name] = found.adapter.limits[name];
  const wanted = ["subgroups", "timestamp-query"] as GPUFeatureName[];
  const requiredFeatures = wanted.filter((name) => found.adapter.features.has(name));
  try {
    return await found.adapter.requestDevice({ requiredLimits, requiredFeatures });
  } catch (error) {
    throw new DeviceError(
      `the WebGPU adapter "${found.name}" gives no device (${
        (error as Error).message
      }): ${remedy()}`,
    );
  }
}
