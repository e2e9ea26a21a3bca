/** A worker of the WASM device: instantiates the engine over the shared memory and runs plans. */

import { type Engine, type Init, instantiate, type RunRequest } from "./engine.ts";

interface Port {
  postMessage(message: unknown): void;
  on?(name: "message", listener: (data: unknown) => void): void;
  onmessage?: ((event: { data: unknown }) => void) | null;
}

const scope = globalThis as unknown as Port & { postMessage?: unknown };
const port: Port = typeof scope.postMessage === "function"
  ? scope
  : (await import("node:worker_threads")).parentPort as unknown as Port;

let engine: Engine | undefined;

async function answer(message: Init | RunRequest): Promise<void> {
  try {
    if (message.type === "init") {
      engine = await instantiate(message);
      port.postMessage({ type: "ready" });
    } else {
      const ok = engine!.run(message);
      port.postMessage({ type: ok ? "done" : "aborted" });
    }
  } catch (error) {
    port.postMessage({ type: "failed", reason: String(error) });
  }
}

if (port.on) port.on("message", (data) => answer(data as Init | RunRequest));
else port.onmessage = (event) => answer(event.data as Init | RunRequest);
