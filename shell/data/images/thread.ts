/** Worker threads for decoding, the same in Deno, Node and browsers. */

/** A thread that answers messages. */
export interface Thread {
  post(message: unknown, transfer: ArrayBuffer[]): void;
  end(): void;
}

/** What a thread tells. */
export interface ThreadEvents {
  onMessage(message: unknown): void;
  /** It ended by itself or threw. */
  onDeath(reason: string): void;
}

// Names the bundler's output folder: see device/assets.ts.
declare const ASTERISM_DIST: string | undefined;

const WORKER = new URL(
  `${typeof ASTERISM_DIST === "string" ? ASTERISM_DIST : "../../../dist/"}image_worker.js`,
  import.meta.url,
);

/** A module of Node; out of sight of bundlers. */
// deno-lint-ignore no-explicit-any
const ofNode = (name: string): Promise<any> => import(/* @vite-ignore */ `node:${name}`);

/** Number of hardware threads, at least 1. */
export async function cores(): Promise<number> {
  return globalThis.navigator?.hardwareConcurrency ??
    (await ofNode("os")).availableParallelism();
}

/** Starts a thread that decodes. */
export async function startThread(events: ThreadEvents): Promise<Thread> {
  return typeof Worker === "undefined" ? await startNode(events) : startWeb(events);
}

async function startNode({ onMessage, onDeath }: ThreadEvents): Promise<Thread> {
  const { Worker } = await ofNode("worker_threads");
  const worker = new Worker(WORKER);
  worker.on("message", onMessage);
  worker.on("error", (error: Error) => onDeath(error.message));
  worker.on("exit", (code: number) => onDeath(`it ended with code ${code}`));
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    end: () => void worker.terminate(),
  };
}

function startWeb({ onMessage, onDeath }: ThreadEvents): Thread {
  const worker = new Worker(WORKER, { type: "module" });
  worker.onmessage = (event) => onMessage(event.data);
  worker.onerror = (event) => {
    event.preventDefault();
    onDeath(event.message || "its script could not be loaded");
  };
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    end: () => worker.terminate(),
  };
}
