/** Threads that decode batches of images. */

import type { Batch, Decoded } from "./batch.ts";
import { startThread, type Thread } from "./thread.ts";

/** Batches that wait at each thread, so that it never waits for the next one. */
const AHEAD = 2;

interface Seat {
  readonly thread: Thread;
  /** Those who wait for this thread's answers, in order. */
  readonly waiting: { resolve(decoded: Decoded): void; reject(error: Error): void }[];
}

/** Threads with work; a batch goes to the one with the least of it. */
export class Pool {
  #seats: Seat[] = [];
  #dead?: Error;

  /** Batches that may be under way at once. */
  get limit(): number {
    return AHEAD * this.#seats.length;
  }

  /** @returns undefined where no threads can be started */
  static async start(count: number): Promise<Pool | undefined> {
    const pool = new Pool();
    try {
      await Promise.all(Array.from({ length: count }, () => pool.#seat()));
      return pool;
    } catch {
      pool.close();
      return undefined;
    }
  }

  /** Decodes a batch; its arrays are gone until they come back in the answer. */
  decode(batch: Batch): Promise<Decoded> {
    return new Promise((resolve, reject) => {
      if (this.#dead) return reject(this.#dead);
      const seat = this.#seats.reduce((a, b) => b.waiting.length < a.waiting.length ? b : a);
      seat.waiting.push({ resolve, reject });
      const { bytes, spare } = batch;
      seat.thread.post(batch, spare ? [bytes.buffer, spare.buffer] : [bytes.buffer]);
    });
  }

  close(): void {
    this.#die("it was closed");
  }

  async #seat(): Promise<void> {
    const waiting: Seat["waiting"] = [];
    let ready = () => {};
    const started = new Promise<void>((resolve, reject) => {
      ready = resolve;
      waiting.push({ resolve: () => {}, reject });
    });
    const thread = await startThread({
      onMessage: (message) => {
        const first = waiting.shift();
        if (message === "ready") ready();
        // Nobody waits any more for what a thread sent as it was ended.
        else first?.resolve(message as Decoded);
      },
      onDeath: (reason) => this.#die(reason),
    });
    this.#seats.push({ thread, waiting });
    await started;
  }

  #die(reason: string): void {
    this.#dead ??= new Error(`a thread that decodes images died (${reason})`);
    for (const { thread, waiting } of this.#seats) {
      thread.end();
      waiting.splice(0).forEach(({ reject }) => reject(this.#dead!));
    }
  }
}
