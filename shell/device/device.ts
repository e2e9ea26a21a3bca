import type { Plan } from "../plan/plan.ts";
import type { Tensor } from "../plan/tensor.ts";

/** Values of a plan's scalars for one step, by name. */
export type Scalars = Readonly<Record<string, number>>;

/** Numbers as the host holds them; the element type follows the tensor's. */
export type Numbers = Float32Array | Uint32Array | Uint8Array;

/** What ran a program, for logs and `run.json`. */
export interface DeviceInfo {
  /** Which of the two it is. */
  readonly kind: "wasm" | "webgpu";
  /** One line for people: "WASM, relaxed SIMD, 2 workers". */
  readonly description: string;
  /** Worker threads (WASM); 0 for the calling thread itself. */
  readonly workers?: number;
  /** Relaxed SIMD is in use (WASM). */
  readonly relaxed?: boolean;
  /** A CPU that plays a GPU (WebGPU). */
  readonly software?: boolean;
  /** Bytes of the largest tensor that a kernel can be given. */
  readonly largest: number;
}

/**
 * Runs plans. `load`, `write` and `run` are carried out in the order in which they are called;
 * `run` does not wait. What goes wrong in between is thrown by the next `read` or `sync`, and by
 * every call after that.
 */
export interface Device {
  /** What the device is, for people and for choices by size. */
  readonly info: DeviceInfo;
  /** Places a plan and its storages in device memory. Loading a plan twice does nothing. */
  load(plan: Plan): Promise<void>;
  /** Gives the memory of a plan's temporaries back; its storages stay. */
  unload(plan: Plan): void;
  /**
   * Writes `values` to a tensor, from element `at` on. Copies. Bytes begin and end at multiples of
   * 4, or at the tensor's end.
   * @throws RangeError if they do not fit
   */
  write(tensor: Tensor, values: Numbers, at?: number): void;
  /** Runs a loaded plan once per row of scalars. Many rows in one call cost the least. */
  run(plan: Plan, steps?: readonly Scalars[]): void;
  /** Waits for what was asked before and reads a tensor, or `length` elements from `at` on. */
  read(tensor: Tensor, plan?: Plan, range?: { at: number; length: number }): Promise<Numbers>;
  /** Waits for what was asked before. */
  sync(): Promise<void>;
  /** Gives the memory of tensors back. Views of one storage go together. */
  free(...tensors: readonly Tensor[]): void;
  /** Frees everything; the device cannot be used afterwards. */
  close(): Promise<void>;
}

/** Array type that holds elements of a tensor. */
export function arrayFor(tensor: Tensor, buffer: ArrayBufferLike, at: number, n: number): Numbers {
  switch (tensor.dtype) {
    case "f32":
      return new Float32Array(buffer, at, n);
    case "u32":
      return new Uint32Array(buffer, at, n);
    case "u8":
      return new Uint8Array(buffer, at, n);
  }
}

/** @throws TypeError or RangeError unless `values` can be written to `tensor` from `at` on */
export function checkWrite(tensor: Tensor, values: Numbers, at: number): void {
  const want = { f32: Float32Array, u32: Uint32Array, u8: Uint8Array }[tensor.dtype];
  if (!(values instanceof want)) {
    throw new TypeError(`write: ${tensor} takes a ${want.name}, got ${values.constructor.name}`);
  }
  if (at < 0 || at + values.length > tensor.size) {
    throw new RangeError(
      `write: ${tensor} has ${tensor.size} elements, got ${values.length} from ${at} on`,
    );
  }
  // A GPU writes whole words.
  const end = at + values.length;
  if (tensor.dtype === "u8" && (at % 4 !== 0 || (end % 4 !== 0 && end !== tensor.size))) {
    throw new RangeError(
      `write: bytes are written in multiples of 4, got ${values.length} from ${at} on`,
    );
  }
}

/** @throws RangeError unless `range` lies inside `tensor` */
export function checkRange(tensor: Tensor, range?: { at: number; length: number }) {
  const { at, length } = range ?? { at: 0, length: tensor.size };
  if (at < 0 || length < 1 || at + length > tensor.size) {
    throw new RangeError(`read: ${tensor} has no elements ${at} to ${at + length - 1}`);
  }
  return { at, length };
}

/**
 * The scalars of one step as 32-bit words in the plan's order.
 * @throws RangeError if one is missing or is not a finite number
 */
export function packScalars(plan: Plan, step: Scalars, out: DataView, offset: number): void {
  plan.scalars.forEach((scalar, i) => {
    const value = step[scalar.name];
    if (!Number.isFinite(value)) {
      throw new RangeError(`run ${plan.name}: scalar ${scalar.name} must be given, got ${value}`);
    }
    packWord(scalar.type, value, out, offset + 4 * i);
  });
}

/** Writes one 4-byte parameter, little-endian. */
export function packWord(type: "u32" | "f32", value: number, out: DataView, offset: number): void {
  if (type === "u32") out.setUint32(offset, value, true);
  else out.setFloat32(offset, value, true);
}
