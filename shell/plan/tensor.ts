import { bytesOf, type DType } from "../kernels/kernel.ts";

/**
 * How long a tensor lives: `data` is written by the host, `state` lives as long as the model,
 * `temp` only inside one run of one plan.
 */
export type Role = "data" | "state" | "temp";

/** Views into a storage begin at multiples of this: what every WebGPU device accepts as an offset. */
export const ALIGNMENT = 256;

const round = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/**
 * A piece of device memory that outlives a run. A device allocates it, filled with zeros, when a
 * plan that uses it is loaded or when the host first writes it.
 */
export class Storage {
  /** True once a tensor of it has been placed on a device or its size has been used. */
  sealed = false;

  /** Makes storage of a role, for so many bytes. */
  constructor(readonly name: string, readonly role: Role, public bytes = 0) {}
}

/** Shape and place of numbers on a device. Holds no numbers itself. */
export class Tensor {
  /** Number of elements. */
  readonly size: number;
  /** Code of the activation whose output this is (see `Activation`); 0 for none. */
  activation = 0;

  /** Use `data`, `state` or an op. */
  constructor(
    readonly name: string,
    readonly shape: readonly number[],
    readonly dtype: DType,
    /** Where it lives; null for a temporary, which a plan places in a slot. */
    readonly storage: Storage | null,
    /** Bytes from the start of the storage, a multiple of 256. */
    readonly offset = 0,
    /** For a parameter: the tensor that receives its gradient. */
    readonly grad: Tensor | null = null,
  ) {
    for (const n of shape) {
      if (!Number.isInteger(n) || n < 1) {
        throw new RangeError(
          `tensor ${name}: every dimension must be a positive integer, got [${shape.join(", ")}]`,
        );
      }
    }
    this.size = shape.reduce((a, b) => a * b, 1);
  }

  /** Bytes that the elements take. */
  get bytes(): number {
    return this.size * bytesOf[this.dtype];
  }

  /** Name, element type and shape, as the plan prints it. */
  toString(): string {
    return `${this.name}:${this.dtype}[${this.shape.join(",")}]`;
  }
}

function single(role: Role, name: string, shape: readonly number[], dtype: DType): Tensor {
  const storage = new Storage(name, role);
  const tensor = new Tensor(name, shape, dtype, storage);
  storage.bytes = round(tensor.bytes);
  storage.sealed = true;
  return tensor;
}

/** A tensor that the host writes: a data set, an index. */
export function data(name: string, shape: readonly number[], dtype: DType = "f32"): Tensor {
  return single("data", name, shape, dtype);
}

/** A tensor that lives from run to run and starts at zero: centroids, a log of losses. */
export function state(name: string, shape: readonly number[], dtype: DType = "f32"): Tensor {
  return single("state", name, shape, dtype);
}

/**
 * State of one role in one piece: all weights, all their gradients. Each tensor is a view at a
 * 256-byte boundary, so that an optimizer, a norm or a file takes the whole in one call. The gaps
 * are zero and stay zero.
 */
export class Slab {
  /** The tensors in it, in order. */
  readonly views: Tensor[] = [];
  readonly #storage: Storage;

  /**
   * Makes an empty slab.
   * @param grads the slab whose views receive the gradients of this one's
   */
  constructor(readonly name: string, readonly grads: Slab | null = null) {
    this.#storage = new Storage(name, "state");
  }

  /**
   * Appends an f32 tensor.
   * @throws RangeError once the slab is in use
   */
  add(name: string, shape: readonly number[]): Tensor {
    if (this.#storage.sealed) {
      throw new RangeError(`slab ${this.name}: ${name} must be added before the slab is used`);
    }
    const grad = this.grads?.add(`d_${name}`, shape) ?? null;
    const view = new Tensor(name, shape, "f32", this.#storage, this.#storage.bytes, grad);
    this.#storage.bytes += round(view.bytes);
    this.views.push(view);
    return view;
  }

  /** The whole slab as one tensor [bytes / 4]. No view can be added afterwards. */
  whole(): Tensor {
    this.#storage.sealed = true;
    return new Tensor(this.name, [this.#storage.bytes / 4], "f32", this.#storage);
  }

  /** An empty slab of the same layout, for moments. */
  twin(name: string): Slab {
    const twin = new Slab(name);
    for (const view of this.views) twin.add(`${name}_${view.name}`, view.shape);
    return twin;
  }
}
