import type { Device, Numbers } from "../device/device.ts";
import { gatherRows, type Scaling, UNIT } from "../ops/gather.ts";
import type { Graph } from "../plan/graph.ts";
import { data, type Tensor } from "../plan/tensor.ts";
import { ShardCache, type ShardSource } from "./shards.ts";

/** Samples, one per row, and how a batch of them comes into a program. */
export interface Rows {
  /** Number of rows. */
  readonly n: number;
  /** Numbers in a row. */
  readonly width: number;
  /** Rows that can be staged at a time; Infinity if all of them are on the device. */
  readonly window: number;
  /**
   * Records a batch, [m, width] f32: the rows `index[at ..]`, `at` being the step's scalar. Rows
   * that are streamed are taken from the stage instead, from the scalar `staged` on.
   */
  batch(g: Graph, index: Tensor, m: number): Tensor;
  /** First row of each shard, if rows are not all in memory: see {@link shuffledRows}. */
  readonly shards?: readonly number[];
  /** Rows in shards that are mixed with each other; by default all. */
  readonly mixed?: number;
  /** Puts the rows `ids`, at most `window`, where the next steps find them; often nothing to do. */
  stage(ids: Uint32Array): void | Promise<void>;
  /** Tells which rows come after those, to be read while the device is at work. */
  ahead?(ids: Uint32Array): void;
  /** Gives the device's memory back. */
  free(): void;
}

/** Settings of {@link upload}. */
export interface UploadOptions {
  /** How bytes become numbers; default 0 to 255 become 0 to 1. */
  readonly scaling?: Scaling;
  /**
   * Bytes on the device at most; what is larger is streamed. Default: the device's largest tensor.
   */
  readonly limit?: number;
  /** First rows of shards, for the order in which rows that are streamed would be seen. */
  readonly shards?: readonly number[];
  /** Rows that would be mixed. */
  readonly mixed?: number;
}

/** Bytes of a stage: a few messages of steps, and little beside any device's memory. */
const STAGE = 1 << 25;

/**
 * Hands samples to a device. Where they fit they are written once and batches are gathered there;
 * bytes stay bytes: the 70,000 images of MNIST take 55 MB. Where they do not fit they stay with the
 * host, which sends the rows of the next steps ahead of them: the same numbers, the same bits.
 *
 * @param values n times width numbers, row after row; kept, not copied, if they are streamed
 * @throws RangeError if `values` is not a whole number of rows
 * @throws TypeError unless `values` is a Float32Array or Uint8Array
 */
export function upload(
  device: Device,
  values: Numbers,
  width: number,
  options: UploadOptions = {},
): Rows {
  const { scaling = UNIT, limit = device.info.largest, shards, mixed } = options;
  const n = values.length / width;
  if (!Number.isInteger(n) || n < 1) {
    throw new RangeError(`upload: ${values.length} numbers are not rows of ${width}`);
  }
  if (values instanceof Uint32Array) {
    throw new TypeError("upload: samples must be Float32Array or Uint8Array, got Uint32Array");
  }
  if (values.byteLength <= limit) {
    return { ...resident(device, values, width, scaling), shards, mixed };
  }
  const type = typeOf(values);
  const fill = (ids: Uint32Array, into: Numbers) => {
    ids.forEach((id, i) => into.set(values.subarray(id * width, (id + 1) * width), i * width));
  };
  const from = { n, width, type, fill } as const;
  return { ...streamed(device, from, scaling, Math.min(limit, STAGE)), shards, mixed };
}

/**
 * Hands samples to a device that are not all in memory: shards of them are read when steps come to
 * their rows, and the next ones while the device is at work. The rows of half of what is held, 512 MB
 * at most, are mixed with each other.
 *
 * @param memory bytes of rows that the host holds at most
 * @throws RangeError if not even the largest shard fits
 */
export function stream(
  device: Device,
  source: ShardSource,
  memory: number,
  scaling: Scaling = UNIT,
): Rows {
  const { starts, width, type } = source;
  const cache = new ShardCache(source, memory);
  const size = width * (type === "u8" ? 1 : 4);
  const n = starts[starts.length - 1];
  const shardOf = new Uint32Array(n);
  for (let s = 0; s + 1 < starts.length; s++) shardOf.fill(s, starts[s], starts[s + 1]);
  const fill = async (ids: Uint32Array, into: Numbers) => {
    const places = new Map<number, number[]>();
    ids.forEach((id, i) => {
      const some = places.get(shardOf[id]);
      if (some) some.push(i);
      else places.set(shardOf[id], [i]);
    });
    for (const [shard, some] of places) {
      const values = await cache.read(shard);
      for (const i of some) {
        const at = (ids[i] - starts[shard]) * width;
        into.set(values.subarray(at, at + width), i * width);
      }
    }
  };
  const ahead = (ids: Uint32Array) => {
    if (!cache.idle) return;
    // There may be millions of rows before the first of another shard.
    const seen = new Uint8Array(starts.length), soon: number[] = [];
    for (let i = 0, bytes = 0; i < ids.length && bytes < memory; i++) {
      const shard = shardOf[ids[i]];
      if (seen[shard]) continue;
      seen[shard] = 1;
      soon.push(shard);
      bytes += (starts[shard + 1] - starts[shard]) * size;
    }
    cache.ahead(soon);
  };
  const bytes = Math.min(device.info.largest, STAGE);
  const rows = streamed(device, { n, width, type, fill }, scaling, bytes);
  const mixed = Math.floor(Math.min(MIXED, memory / 2) / size);
  return { ...rows, shards: starts, mixed, ahead };
}

/** Bytes of rows that are mixed at most, whatever the memory, so that the order is the same. */
const MIXED = 1 << 29;

const typeOf = (values: Numbers) => values instanceof Uint8Array ? "u8" : "f32";

function resident(device: Device, values: Numbers, width: number, scaling: Scaling): Rows {
  const n = values.length / width;
  const samples = data("samples", [n, width], typeOf(values));
  device.write(samples, values);
  return {
    n,
    width,
    window: Infinity,
    batch: (g, index, m) => gatherRows(g, samples, index, m, g.scalar("at", "u32"), scaling),
    stage: () => {},
    free: () => device.free(samples),
  };
}

/** Rows that the host puts together for the device. */
interface HostRows {
  readonly n: number;
  readonly width: number;
  readonly type: "u8" | "f32";
  /** Writes the rows `ids` one after another. */
  fill(ids: Uint32Array, into: Numbers): void | Promise<void>;
}

function streamed(device: Device, from: HostRows, scaling: Scaling, bytes: number): Rows {
  const { n, width, type } = from;
  const array = type === "u8" ? Uint8Array : Float32Array;
  const window = Math.max(1, Math.floor(bytes / (array.BYTES_PER_ELEMENT * width)));
  const stage = data("stage", [window, width], type);
  let host = new array(0);
  const order = data("stage order", [window], "u32");
  device.write(order, Uint32Array.from({ length: window }, (_, i) => i));
  return {
    n,
    width,
    window,
    batch(g, _, m) {
      if (m > window) {
        throw new RangeError(
          `a batch of ${m} rows of ${width} numbers is more than the device can hold at a time, ` +
            `${window}: use smaller batches`,
        );
      }
      return gatherRows(g, stage, order, m, g.scalar("staged", "u32"), scaling);
    },
    async stage(ids) {
      // Whole words, as a GPU writes them.
      const length = Math.min(window * width, Math.ceil(ids.length * width / 4) * 4);
      if (host.length < length) host = new array(length);
      const rows = host.subarray(0, length);
      await from.fill(ids, rows);
      device.write(stage, rows);
    },
    free: () => device.free(stage, order),
  };
}
