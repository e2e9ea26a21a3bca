/** Training in a worker of a page: the page stays free, and hears of everything. */

import { asset } from "../../device/assets.ts";
import { Cancelled, DataError, DeviceError, TrainingError, UsageError } from "../../errors.ts";
import type {
  FromWorker,
  Inspection,
  InspectRequest,
  SessionEvent,
  SessionResult,
  ToWorker,
  TrainRequest,
} from "./types.ts";

export type {
  DataChoice,
  FoundColumn,
  Inspection,
  InspectRequest,
  SessionEvent,
  SessionFile,
  SessionResult,
  TrainRequest,
} from "./types.ts";
export { CLUSTERING, type ClusteringName, DEFAULTS, type RunValues } from "../../run/defaults.ts";
export { Cancelled, DataError, DeviceError } from "../../errors.ts";

/** How a session is followed and ended. */
export interface SessionOptions {
  /** Stops the work: `Cancelled` is thrown. */
  readonly signal?: AbortSignal;
  /** Told of everything while the run goes on, a few times a second. */
  readonly onEvent?: (event: SessionEvent) => void;
  /** Address of the folder with the built files, if not beside this module. */
  readonly assets?: string | URL;
}

/** A run that goes on in its worker. */
export interface Session {
  /**
   * What was found.
   * @throws {DataError} if the data cannot be read @throws {RangeError} if a setting is out of range
   * @throws {DeviceError} if there is no such device @throws {Cancelled} if the signal was aborted
   */
  readonly result: Promise<SessionResult>;
  /** Holds the training between two steps. */
  pause(): void;
  /** Lets a held training go on. */
  resume(): void;
}

/** Starts a training run. Its events come until `result` is settled. */
export function train(request: TrainRequest, options: SessionOptions = {}): Session {
  const { worker, answer } = start(options);
  const assets = new URL("./", asset("index.js", options.assets)).href;
  const send = (message: ToWorker) => worker.postMessage(message);
  send({ type: "train", request, assets });
  return {
    result: answer.then((message) => {
      if (message.type !== "finished") throw new Error(`the worker said ${message.type}`);
      return message.result;
    }),
    pause: () => send({ type: "pause" }),
    resume: () => send({ type: "resume" }),
  };
}

/**
 * Reads a data set and says what is in it.
 * @throws {DataError} if it cannot be read @throws {Cancelled} if the signal was aborted
 */
export async function inspect(
  request: InspectRequest,
  options: SessionOptions = {},
): Promise<Inspection> {
  const { worker, answer } = start(options);
  worker.postMessage({ type: "inspect", request } satisfies ToWorker);
  const message = await answer;
  if (message.type !== "inspected") throw new Error(`the worker said ${message.type}`);
  return message.inspection;
}

/** Milliseconds that a run has to end by itself before its worker is ended. */
const GRACE = 3000;

/** A new worker, and its last message; the worker ends with it. */
function start({ signal, onEvent, assets }: SessionOptions): {
  worker: Worker;
  answer: Promise<FromWorker>;
} {
  if (signal?.aborted) throw new Cancelled("stopped");
  const worker = new Worker(asset("train_worker.js", assets), { type: "module" });
  const answer = new Promise<FromWorker>((resolve, reject) => {
    const stop = () => {
      worker.postMessage({ type: "cancel" } satisfies ToWorker);
      setTimeout(() => reject(new Cancelled("stopped")), GRACE);
    };
    signal?.addEventListener("abort", stop, { once: true });
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.type === "event") onEvent?.(data.event);
      else if (data.type === "failed") reject(errorOf(data.name, data.message));
      else resolve(data);
    };
    worker.onerror = (event) =>
      reject(
        new DeviceError(
          `the training worker broke down: ${event.message || "it could not be loaded"}`,
        ),
      );
  });
  const end = () => worker.terminate();
  answer.then(end, end);
  return { worker, answer };
}

const KINDS = {
  Cancelled,
  DataError,
  DeviceError,
  TrainingError,
  UsageError,
  RangeError,
  TypeError,
};

function errorOf(name: string, message: string): Error {
  const kind = (KINDS as Readonly<Record<string, new (text: string) => Error>>)[name] ?? Error;
  return new kind(message);
}
