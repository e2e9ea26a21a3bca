/** The worker of a training session: `dist/train_worker.js`. */

import { Cancelled } from "../../errors.ts";
import { inspectionOf, readRequest } from "./inspect.ts";
import { barOf } from "./stages.ts";
import { runTraining } from "./training.ts";
import type { FromWorker, SessionEvent, ToWorker } from "./types.ts";

const scope = globalThis as unknown as {
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
};

const cancelling = new AbortController();
let paused: Promise<void> | null = null, goOn = () => {};

/**
 * Waits while the run is paused. First it lets messages in: a device that is waited for without
 * leaving this thread would keep them out.
 */
async function going(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  while (paused && !cancelling.signal.aborted) await paused;
}

function steer(type: "pause" | "resume" | "cancel"): void {
  if (type === "pause") paused ??= new Promise((resolve) => goOn = resolve);
  else {
    paused = null;
    goOn();
    if (type === "cancel") cancelling.abort();
  }
}

function tell(event: SessionEvent): void {
  scope.postMessage(
    { type: "event", event },
    event.type === "snapshot"
      ? [event.rows.buffer, event.positions.buffer, event.clusters.buffer]
      : [],
  );
}

async function answer(message: ToWorker): Promise<void> {
  const { signal } = cancelling;
  if (message.type === "inspect") {
    const dataset = await readRequest(message.request, signal, barOf(tell, "data"));
    return scope.postMessage({ type: "inspected", inspection: inspectionOf(dataset) });
  }
  if (message.type !== "train") return steer(message.type);
  const result = await runTraining(message.request, {
    ...{ signal, going, assets: message.assets },
    tell,
  });
  scope.postMessage({ type: "finished", result });
}

/** Errors go over as their name and a sentence; of a defect also where it is. */
function fail(error: unknown): void {
  const { name = "Error", message = String(error), stack } = error as Partial<Error>;
  const known = /^(Data|Usage|Range|Type|Device|Kernel|Training)Error$|^Cancelled$/.test(name);
  const said = error instanceof Cancelled ? "stopped" : message;
  scope.postMessage({
    type: "failed",
    name: error instanceof Cancelled ? "Cancelled" : name,
    message: known ? said : `this is a defect: ${stack ?? said}`,
  });
}

scope.onmessage = ({ data }) => void answer(data).catch(fail);
