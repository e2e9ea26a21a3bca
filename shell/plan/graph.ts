import { accumulate } from "../kernels/accumulate.ts";
import type { BufferSpec, DType, Kernel, ParamType } from "../kernels/kernel.ts";
import { Tensor } from "./tensor.ts";

/** A parameter whose value is given anew with every step. */
export class Scalar {
  /** Takes the name by which `run` gives the values, and the type of their 4 bytes. */
  constructor(readonly name: string, readonly type: ParamType) {}
}

/** One recorded kernel call. */
export interface Call {
  readonly kernel: Kernel;
  /** In the order of the declaration. */
  readonly tensors: readonly Tensor[];
  readonly params: Readonly<Record<string, number | Scalar>>;
}

interface Node {
  readonly y: Tensor;
  readonly loss: boolean;
  readonly emit: (dy: Tensor) => void;
}

/**
 * The list of kernel calls as an op records them: forward, then backward, then update.
 *
 * Gradients are made at record time. An op leaves a closure that records its backward calls;
 * `backward` walks the closures in reverse and appends to the same list.
 */
export class Graph {
  /** In the order in which they were recorded. */
  readonly calls: Call[] = [];
  /** Temporaries that the host reads after a run. */
  readonly outputs = new Set<Tensor>();
  readonly #scalars = new Map<string, Scalar>();
  readonly #nodes: Node[] = [];
  readonly #grads = new Map<Tensor, Tensor>();
  readonly #active = new Set<Tensor>();
  readonly #uses = new Map<Tensor, number>();
  readonly #gated = new Set<Tensor>();
  #temps = 0;

  /** Makes an empty graph. */
  constructor(readonly name: string) {}

  /** A tensor that lives inside one run. */
  temp(shape: readonly number[], dtype: DType = "f32", name = "t"): Tensor {
    return new Tensor(`${name}${this.#temps++}`, shape, dtype, null);
  }

  /** Keeps a temporary until the run ends, so that the host can read it. */
  output(t: Tensor): Tensor {
    if (t.storage === null) this.outputs.add(t);
    return t;
  }

  /** The per-step value of that name, the same object each time. */
  scalar(name: string, type: ParamType = "f32"): Scalar {
    let scalar = this.#scalars.get(name);
    if (!scalar) this.#scalars.set(name, scalar = new Scalar(name, type));
    if (scalar.type !== type) {
      throw new TypeError(`scalar ${name}: is ${scalar.type} already, asked for as ${type}`);
    }
    return scalar;
  }

  /**
   * Records a call.
   * @throws TypeError if a tensor has another element type than the buffer
   * @throws RangeError if a parameter is not a finite number of its type
   */
  call<B extends Record<string, BufferSpec>, P extends Record<string, ParamType>>(
    kernel: Kernel<B, P>,
    tensors: { readonly [K in keyof B]: Tensor },
    params: { readonly [K in keyof P]: number | Scalar },
  ): void {
    const ordered = Object.entries(kernel.buffers).map(([name, spec]) => {
      const t = tensors[name];
      if (t.dtype !== spec.dtype) {
        throw new TypeError(`${kernel.name}: ${name} must be ${spec.dtype}, got ${t}`);
      }
      return t;
    });
    for (const [name, type] of Object.entries(kernel.params)) {
      checkParam(`${kernel.name}: ${name}`, type, params[name]);
    }
    this.calls.push({ kernel: kernel as unknown as Kernel, tensors: ordered, params });
  }

  /** Whether a gradient of `x` will be wanted: it is a parameter or computed from one. */
  needsGrad(x: Tensor): boolean {
    return x.grad !== null || this.#active.has(x);
  }

  /**
   * Says how gradients flow from `y` to `inputs`. `emit(dy)` runs only if a gradient reaches `y`.
   */
  onBackward(y: Tensor, inputs: readonly Tensor[], emit: (dy: Tensor) => void): void {
    this.#node({ y, loss: false, emit }, inputs);
  }

  /** The same for a loss, a scalar whose own gradient is 1. */
  onLoss(loss: Tensor, inputs: readonly Tensor[], emit: () => void): void {
    this.#node({ y: loss, loss: true, emit }, inputs);
  }

  #node(node: Node, inputs: readonly Tensor[]): void {
    if (!inputs.some((x) => this.needsGrad(x))) return;
    for (const x of inputs) this.#uses.set(x, (this.#uses.get(x) ?? 0) + 1);
    this.#active.add(node.y);
    this.#nodes.push(node);
  }

  /**
   * Adds to the gradient of `x`, if one is wanted: `emit(dx)` records the calls that write the
   * contribution. The first is written in place, a later one goes to a temporary and is added.
   */
  addGrad(x: Tensor, emit: (dx: Tensor) => void): void {
    this.addGrads([x], ([dx]) => emit(dx));
  }

  /**
   * The same for tensors whose contributions one call writes together. What is written for a
   * tensor that wants no gradient goes to a temporary that nobody reads.
   */
  addGrads(xs: readonly Tensor[], emit: (dxs: readonly Tensor[]) => void): void {
    if (!xs.some((x) => this.needsGrad(x))) return;
    const later: (() => void)[] = [];
    const targets = xs.map((x) => {
      const first = this.#grads.get(x);
      if (first === undefined && this.needsGrad(x)) {
        const dx = x.grad ?? this.temp(x.shape, "f32", "d");
        later.push(() => this.#grads.set(x, dx));
        return dx;
      }
      const more = this.temp(x.shape, "f32", "d");
      if (first) later.push(() => this.call(accumulate, { x: more, y: first }, { n: x.size }));
      return more;
    });
    emit(targets);
    later.forEach((act) => act());
  }

  /**
   * The activation whose derivative the one kernel that produces the gradient of `x` should fold
   * in: `x.activation` if no other op uses `x`, else 0. The op that made `x` finds out by
   * {@link gated}.
   */
  gate(x: Tensor): number {
    if (x.activation === 0 || this.#uses.get(x) !== 1 || !this.needsGrad(x)) return 0;
    this.#gated.add(x);
    return x.activation;
  }

  /** Whether the gradient of `y` has the derivative of its activation in it already. */
  gated(y: Tensor): boolean {
    return this.#gated.has(y);
  }

  /** Records the backward calls of the sum of `losses`. Afterwards {@link gradOf} knows them. */
  backward(...losses: readonly Tensor[]): void {
    const reached = new Set(losses);
    for (const node of [...this.#nodes].reverse()) {
      if (node.loss) {
        if (reached.has(node.y)) node.emit(node.y);
      } else {
        const dy = this.#grads.get(node.y);
        if (dy !== undefined) node.emit(dy);
      }
    }
  }

  /** The gradient of `x` as recorded by {@link backward}; undefined if none reached it. */
  gradOf(x: Tensor): Tensor | undefined {
    return this.#grads.get(x);
  }

  /** All per-step values, in the order of their first use. */
  get scalars(): readonly Scalar[] {
    return [...this.#scalars.values()];
  }
}

/** @throws RangeError unless `value` is a number of that type */
export function checkParam(what: string, type: ParamType, value: number | Scalar): void {
  if (value instanceof Scalar) {
    if (value.type !== type) throw new TypeError(`${what} must be ${type}, got ${value.type}`);
  } else if (
    type === "u32"
      ? !(Number.isInteger(value) && value >= 0 && value < 2 ** 32)
      : !Number.isFinite(value)
  ) {
    throw new RangeError(
      `${what} must be a ${type === "u32" ? "32-bit unsigned" : "finite"} number, got ${value}`,
    );
  }
}
