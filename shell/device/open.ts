import { DeviceError } from "../errors.ts";
import type { Device } from "./device.ts";
import { openGpu } from "./gpu.ts";
import { findAdapter } from "./gpu_adapter.ts";
import type { GpuProvider } from "./platform.ts";
import { openWasm } from "./wasm.ts";

/** How to open a device. */
export interface OpenOptions {
  /** `auto`: a hardware GPU if there is one, else WASM. */
  readonly device?: "auto" | "webgpu" | "wasm";
  /** WASM worker threads; default one per core; 0 for the calling thread. */
  readonly workers?: number;
  /** Part of the name of a GPU adapter; a software adapter must be named. */
  readonly adapter?: string;
  /** Which WebGPU implementation; default Dawn (npm `webgpu`) where it is installed. */
  readonly provider?: GpuProvider;
  /** Address of the folder with `worker.js` and the `.wasm` files, if not beside the bundle. */
  readonly assets?: string | URL;
  /** Told why `auto` passed a GPU over. */
  readonly onNote?: (note: string) => void;
}

/**
 * Opens the device that suits this machine.
 *
 * `auto` takes a hardware GPU that passes the self-test, else WASM: a GPU that a CPU plays is
 * slower than WASM and is used only when asked for by name.
 * @throws DeviceError if what was asked for is not there
 * @throws RangeError for an option out of range
 */
export async function open(options: OpenOptions = {}): Promise<Device> {
  const { device = "auto", adapter, onNote } = options;
  if (device === "wasm") return await openWasm(options);
  if (device === "webgpu") return await openGpu(options);
  if (device !== "auto") {
    throw new RangeError(`device must be auto, webgpu or wasm, got "${device}"`);
  }
  if (adapter !== undefined) return await openGpu(options);
  try {
    if (await findAdapter(options)) return await openGpu(options);
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    onNote?.(`the GPU is not used: ${error.message}`);
  }
  return await openWasm(options);
}
