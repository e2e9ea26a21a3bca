import { DeviceError } from "../errors.ts";
import { asset } from "./assets.ts";
import { type Engine, type Init, instantiate, type RunRequest } from "./engine.ts";
import { breathe, spawn, type Thread } from "./platform.ts";

/** Who runs the plan loop: worker threads, or the calling thread where there are none. */
export interface Crew {
  /** Runs a plan to its end. Rejects with a DeviceError when a worker dies. */
  run(request: Omit<RunRequest, "type" | "leader" | "workers">, rowBytes: number): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds that the calling thread may be busy before it lets the page breathe. */
const SLICE = 12;

/** The calling thread as the only worker. */
export async function inline(init: Init): Promise<Crew & { engine: Engine }> {
  const engine = await instantiate(init);
  return {
    engine,
    async run(request, rowBytes) {
      let since = performance.now();
      for (let i = 0; i < request.repeats; i++) {
        const scalars = request.scalars + i * rowBytes;
        try {
          engine.run({ ...request, type: "run", leader: true, workers: 1, repeats: 1, scalars });
        } catch (error) {
          throw new DeviceError(`the engine failed (${error}): open the device again`);
        }
        if (performance.now() - since > SLICE) {
          await breathe();
          since = performance.now();
        }
      }
    },
    close: () => Promise.resolve(),
  };
}

/** What a worker sends. */
type Reply =
  | { type: "ready" | "done" | "aborted" }
  | { type: "failed"; reason: string };

/** A round of one message to every worker and one answer from each. */
interface Round {
  left: number;
  resolve(): void;
  reject(error: Error): void;
}

/** Starts `count` worker threads. `abort()` must make the plan loop of the others return. */
export async function startWorkers(
  count: number,
  init: Init,
  abort: () => void,
  assets?: string | URL,
): Promise<Crew> {
  let round: Round | undefined;
  let dead: DeviceError | undefined;
  const die = (i: number, reason: string) => {
    dead ??= new DeviceError(
      `worker ${i + 1} of ${count} died (${reason}): open the device again, or use fewer workers`,
    );
    abort();
    round?.reject(dead);
  };
  const onMessage = (i: number, reply: Reply) => {
    if (reply.type === "failed") die(i, reply.reason);
    else if (round && --round.left === 0) round.resolve();
  };
  const all = (act: () => void) =>
    new Promise<void>((resolve, reject) => {
      if (dead) return reject(dead);
      round = { left: count, resolve, reject };
      act();
    });
  const url = asset("worker.js", assets);
  const threads: Thread[] = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      spawn(url, {
        onMessage: (message) => onMessage(i, message as Reply),
        onDeath: (reason) => die(i, reason),
      })),
  );
  await all(() => threads.forEach((thread) => thread.post(init)));
  return {
    run: (request) =>
      all(() =>
        threads.forEach((thread, i) =>
          thread.post({ ...request, type: "run", leader: i === 0, workers: count })
        )
      ),
    async close() {
      await Promise.all(threads.map((thread) => thread.end()));
    },
  };
}
