/** Memory of a GPU device: a buffer for each storage, and how the host writes and reads them. */

import { DeviceError } from "../errors.ts";
import type { Storage, Tensor } from "../plan/tensor.ts";
import { paced } from "./paced.ts";
import { checkWrite, type Numbers } from "./device.ts";

// By value: Node and Deno with npm webgpu have no GPUBufferUsage global.
const MAP_READ = 0x1;
export const COPY_SRC = 0x4;
export const COPY_DST = 0x8;
export const UNIFORM = 0x40;
export const STORAGE = 0x80;

const MAP_MODE_READ = 1;

/** A size that WebGPU accepts for a buffer: whole words, at least one. */
function words(bytes: number): number {
  return Math.max(4, Math.ceil(bytes / 4) * 4);
}

/** The buffers of a device. */
export class GpuMemory {
  readonly #buffers = new Map<Storage, GPUBuffer>();

  constructor(readonly device: GPUDevice) {}

  /** A buffer that no storage has. */
  make(bytes: number, usage: number, label: string): GPUBuffer {
    return this.device.createBuffer({ size: words(bytes), usage, label });
  }

  /** The buffer of a storage, made at its first use. @throws DeviceError if it is too large */
  place(storage: Storage): GPUBuffer {
    const placed = this.#buffers.get(storage);
    if (placed) return placed;
    storage.sealed = true;
    const limit = this.device.limits.maxStorageBufferBindingSize;
    if (storage.bytes > limit) {
      throw new DeviceError(
        `${storage.name} needs ${(storage.bytes / 1e6).toFixed(0)} MB and this GPU binds at ` +
          `most ${(limit / 1e6).toFixed(0)} MB: use less data (--limit) or device wasm`,
      );
    }
    const buffer = this.make(storage.bytes, STORAGE | COPY_SRC | COPY_DST, storage.name);
    this.#buffers.set(storage, buffer);
    return buffer;
  }

  /** Writes `values` from element `at` on. @throws RangeError or TypeError if they do not fit */
  write(tensor: Tensor, values: Numbers, at: number): void {
    checkWrite(tensor, values, at);
    if (!tensor.storage) {
      throw new RangeError(`write: ${tensor} is a temporary, which only kernels write`);
    }
    const buffer = this.place(tensor.storage);
    const offset = tensor.offset + at * values.BYTES_PER_ELEMENT;
    const { buffer: host, byteOffset, byteLength } = values;
    const bytes = new Uint8Array(host as ArrayBuffer, byteOffset, byteLength);
    const whole = bytes.length & ~3;
    if (whole > 0) this.device.queue.writeBuffer(buffer, offset, bytes, 0, whole);
    if (whole < bytes.length) {
      const tail = new Uint8Array(4);
      tail.set(bytes.subarray(whole));
      this.device.queue.writeBuffer(buffer, offset + whole, tail);
    }
  }

  /**
   * Waits for the work submitted so far and copies a part of a buffer to the host.
   *
   * @param offset first byte, a multiple of 4
   * @param bytes a multiple of 4
   */
  async read(source: GPUBuffer, offset: number, bytes: number): Promise<ArrayBuffer> {
    const copy = this.device.createBuffer({ size: bytes, usage: MAP_READ | COPY_DST });
    try {
      const encoder = this.device.createCommandEncoder();
      encoder.copyBufferToBuffer(source, offset, copy, 0, bytes);
      this.device.queue.submit([encoder.finish()]);
      await paced(() => copy.mapAsync(MAP_MODE_READ));
      return copy.getMappedRange().slice(0);
    } finally {
      copy.destroy();
    }
  }

  /** Gives the buffer of a storage back, if it has one. */
  free(storage: Storage): void {
    this.#buffers.get(storage)?.destroy();
    this.#buffers.delete(storage);
  }
}
