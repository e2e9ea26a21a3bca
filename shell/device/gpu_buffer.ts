/** Buffers of a GPU: their usage bits, and how the host reads them. */

import type { Storage, Tensor } from "../plan/tensor.ts";

// By value: Node and Deno with npm webgpu have no GPUBufferUsage global.
const MAP_READ = 0x1;
export const COPY_SRC = 0x4;
export const COPY_DST = 0x8;
export const UNIFORM = 0x40;
export const STORAGE = 0x80;

const MAP_MODE_READ = 1;

/**
 * Waits for the work submitted so far and copies a part of a buffer to the host.
 *
 * @param offset first byte, a multiple of 4
 * @param bytes a multiple of 4
 */
export async function readBuffer(
  device: GPUDevice,
  source: GPUBuffer,
  offset: number,
  bytes: number,
): Promise<ArrayBuffer> {
  const copy = device.createBuffer({ size: bytes, usage: MAP_READ | COPY_DST });
  try {
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(source, offset, copy, 0, bytes);
    device.queue.submit([encoder.finish()]);
    await copy.mapAsync(MAP_MODE_READ);
    return copy.getMappedRange().slice(0);
  } finally {
    copy.destroy();
  }
}

/** The storage of a tensor that the host may write. @throws RangeError for a temporary */
export function stored(tensor: Tensor): Storage {
  if (tensor.storage) return tensor.storage;
  throw new RangeError(`write: ${tensor} is a temporary, which only kernels write`);
}
