/**
 * What a kernel is: one device function with two bodies, declared once.
 *
 * `NAME.ts` here, `shaders/NAME.wgsl` and `engine/NAME.ts` describe the same function with the same
 * argument list. A test parses both bodies and compares them with the declaration.
 */

/** Element types of device memory. */
export type DType = "f32" | "u32" | "u8";

/** How a kernel uses a buffer: `update` reads and writes the same elements. */
export type Access = "read" | "write" | "update";

/** One buffer of a kernel's argument list. */
export interface BufferSpec {
  /** Whether the kernel reads or writes it. */
  readonly access: Access;
  /** Type of its elements. */
  readonly dtype: DType;
}

/** A named 4-byte parameter. */
export type ParamType = "u32" | "f32";

/** Parameter values by name, as numbers. */
export type Values<P> = { readonly [K in keyof P]: number };

/**
 * Work that the WASM body does in parallel before its main part, with a barrier between: packing
 * of an operand, for instance. The engine exports a function of that name with the same arguments.
 */
export interface Stage<P> {
  /** As its four files are called. */
  readonly name: string;
  /** Number of independent items, divided among the workers. */
  items(p: Values<P>): number;
  /** Items claimed at a time: enough for 10 us or more, few enough to balance (default 1). */
  grain?(p: Values<P>): number;
}

/** What a kernel may know of a GPU adapter when it chooses a body. */
export interface Gpu {
  /** A CPU that plays a GPU: workgroup memory gains nothing there and costs a second to compile. */
  readonly software: boolean;
  /** Subgroup operations are enabled. */
  readonly subgroups: boolean;
  /** Limits that the device was opened with. */
  readonly maxInvocations: number;
  /** Workgroup memory of the adapter. */
  readonly maxWorkgroupBytes: number;
}

/** A WGSL body and how to launch it. */
export interface Body<P> {
  /** The WGSL text. */
  readonly wgsl: string;
  /** Workgroups to launch. See {@link linear} for one-dimensional kernels. */
  grid(p: Values<P>): readonly [number, number?, number?];
  /** Values of WGSL `override` constants. */
  constants?(p: Values<P>): Record<string, number>;
}

/** Another WGSL body with the same arguments, for the devices and sizes that it suits. */
export interface Variant<P> extends Body<P> {
  /** Needs subgroup operations; the device adds `enable subgroups;` where the compiler wants it. */
  readonly subgroups?: boolean;
  /** Whether this body is the one to take. */
  when(gpu: Gpu, p: Values<P>): boolean;
}

/** The declaration of a kernel. */
export interface Kernel<
  B extends Record<string, BufferSpec> = Record<string, BufferSpec>,
  P extends Record<string, ParamType> = Record<string, ParamType>,
> extends Body<P> {
  /** Name of the WGSL file, of the engine's function and of the test. */
  readonly name: string;
  /** Buffers in argument order; WGSL binds them from 0 on. */
  readonly buffers: B;
  /** Parameters in argument order; WGSL holds them in one uniform after the buffers. */
  readonly params: P;
  /** Other WGSL bodies; the first whose `when` holds is taken. */
  readonly variants?: Readonly<Record<string, Variant<P>>>;
  /** Items of the WASM body. The result of an item must not depend on how items are divided. */
  items(p: Values<P>): number;
  /** Items that a worker claims at a time (default 1). */
  grain?(p: Values<P>): number;
  /** Parallel stages before the WASM body. */
  readonly stages?: readonly Stage<P>[];
  /** Bytes of scratch memory of the WASM body and its stages; passed as the last argument. */
  scratch?(p: Values<P>): number;
  /** Arithmetic operations, for the bench. */
  flops?(p: Values<P>): number;
  /** Bytes that must move, for the bench. */
  bytes?(p: Values<P>): number;
}

/** Declares a kernel; exists so that a misspelt buffer or parameter does not compile. */
// @__NO_SIDE_EFFECTS__
export function kernel<
  const B extends Record<string, BufferSpec>,
  const P extends Record<string, ParamType>,
>(spec: Kernel<B, P>): Kernel<B, P> {
  return spec;
}

const spec = (access: Access) => (dtype: DType): BufferSpec => ({ access, dtype });

/** A buffer that the kernel only reads. */
export const reads = spec("read");
/** A buffer of which the kernel writes every element and reads none. */
export const writes = spec("write");
/** A buffer that the kernel reads and writes in place. */
export const updates = spec("update");

/** Largest number of workgroups in one dimension that every WebGPU device allows. */
const MAX_GROUPS = 65_535;

/**
 * Grid of `groups` workgroups in a row, folded into two dimensions above 65,535. The body finds its
 * row number as `group.y * groups.x + group.x` and must ignore those past the end.
 */
export function linear(groups: number): [number, number] {
  if (groups <= MAX_GROUPS) return [Math.max(groups, 1), 1];
  const y = Math.ceil(groups / MAX_GROUPS);
  return [Math.ceil(groups / y), y];
}

/** Bytes of one element. */
export const bytesOf: Record<DType, number> = { f32: 4, u32: 4, u8: 1 };
