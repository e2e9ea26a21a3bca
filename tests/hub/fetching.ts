/** What tests of the client share: a clock that never waits, sources, files read through them. */

import type { AsyncBuffer } from "hyparquet";
import type { HubInternals } from "../../shell/data/hub/hub.ts";
import type { Clock } from "../../shell/data/hub/retry.ts";
import type { Source } from "../../shell/data/dataset.ts";

/** Time that passes only by waiting, and chance that is always the same. */
export class FakeClock implements Clock {
  time = 0;
  /** How long each wait was, in milliseconds. */
  readonly waits: number[] = [];

  now(): number {
    return this.time;
  }

  random(): number {
    return 0.5;
  }

  sleep(ms: number): Promise<void> {
    this.waits.push(ms);
    this.time += ms;
    return Promise.resolve();
  }
}

/** Settings with a clock of their own. */
export function quick(more: HubInternals = {}): HubInternals & { clock: FakeClock } {
  return { ...more, clock: new FakeClock() };
}

/** All bytes of a file, in slices. */
export async function bytesOf(buffer: AsyncBuffer, step = buffer.byteLength): Promise<Uint8Array> {
  const out = new Uint8Array(buffer.byteLength);
  for (let at = 0; at < out.length; at += step) {
    const slice = await buffer.slice(at, Math.min(at + step, out.length));
    out.set(new Uint8Array(slice), at);
  }
  return out;
}

/** All bytes of the file of a source whose name ends so. */
export async function readFile(source: Source, end: string, step?: number): Promise<Uint8Array> {
  return bytesOf(await source.files.find(({ name }) => name.endsWith(end))!.open(), step);
}

/** A file of numbers that tell their place, with a Parquet file's end. */
export function numbered(size: number): Uint8Array {
  const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 2654435761) >>> 24);
  for (const at of [0, size - 4]) bytes.set(new TextEncoder().encode("PAR1"), at);
  return bytes;
}

/** A file in one configuration and split. */
export const SIZE = 3_000_001;
export const BYTES = numbered(SIZE);
export const PATH = "default/train/0000.parquet";
