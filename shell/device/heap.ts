import { ALIGNMENT } from "../plan/tensor.ts";
import { DeviceError } from "../errors.ts";

const PAGE = 65_536;
/** Below this lies what the compiler placed in the module. */
const BASE = 16_384;

/** A range of linear memory. */
export interface Block {
  readonly at: number;
  readonly bytes: number;
}

/** Hands out ranges of a WebAssembly memory, first fit, 256-byte aligned; grows it when needed. */
export class Heap {
  #free: Block[] = [];
  #end = BASE;
  /** Bytes handed out at present, and the most since it was last set. */
  used = 0;
  peak = 0;

  constructor(readonly memory: WebAssembly.Memory) {}

  /** A range of zeros. @throws DeviceError if the memory cannot grow */
  take(wanted: number): Block {
    const bytes = Math.max(ALIGNMENT, Math.ceil(wanted / ALIGNMENT) * ALIGNMENT);
    const i = this.#free.findIndex((block) => block.bytes >= bytes);
    const taken = i < 0 ? this.#extend(bytes) : this.#reuse(i, bytes);
    this.used += bytes;
    this.peak = Math.max(this.peak, this.used);
    return taken;
  }

  #reuse(i: number, bytes: number): Block {
    const [block] = this.#free.splice(i, 1);
    if (block.bytes > bytes) this.#join({ at: block.at + bytes, bytes: block.bytes - bytes });
    new Uint8Array(this.memory.buffer, block.at, bytes).fill(0);
    return { at: block.at, bytes };
  }

  #extend(bytes: number): Block {
    const at = this.#end;
    const missing = Math.ceil((at + bytes - this.memory.buffer.byteLength) / PAGE);
    if (missing > 0) {
      try {
        this.memory.grow(missing);
      } catch {
        throw new DeviceError(
          `WASM memory cannot grow by ${(bytes / 1e6).toFixed(0)} MB beyond ${
            (at / 1e6).toFixed(0)
          } MB (the limit is 4 GB): use less data (--limit) or smaller batches`,
        );
      }
    }
    this.#end = at + bytes;
    return { at, bytes };
  }

  /** Takes a range back and joins it with free neighbours. */
  give(block: Block): void {
    this.used -= block.bytes;
    this.#join(block);
  }

  #join(block: Block): void {
    const all = [...this.#free, block].sort((a, b) => a.at - b.at);
    this.#free = [];
    for (const one of all) {
      const before = this.#free.at(-1);
      if (before && before.at + before.bytes === one.at) {
        this.#free[this.#free.length - 1] = { at: before.at, bytes: before.bytes + one.bytes };
      } else this.#free.push(one);
    }
  }
}
