/** The optional peer `@huggingface/transformers`: found and loaded when it is asked for. */

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { Cancelled, DataError } from "../../errors.ts";

/** The package's name; not a literal in `import`, so that no bundler looks for it. */
const PEER = "@huggingface/transformers";

/** What a person types to get it: the variable spares a download that networks often refuse. */
export const INSTALL_PEER = `ONNXRUNTIME_NODE_INSTALL=skip npm install ${PEER}`;

/** Numbers that a model gave. */
export interface PeerTensor {
  readonly data: ArrayLike<number>;
  readonly dims: readonly number[];
  dispose?(): void;
}

/** A loaded model with what goes before and after it: call it with inputs and options. */
export type Pipeline = (inputs: unknown, options?: object) => Promise<PeerTensor>;

/** What is used of the peer. */
export interface Peer {
  readonly env: {
    allowLocalModels: boolean;
    allowRemoteModels: boolean;
    localModelPath: string;
    cacheDir: string | null;
    remoteHost: string;
  };
  pipeline(task: string, model: string, options: object): Promise<Pipeline>;
}

/**
 * The peer, or undefined where it is not installed: beside this package, or in the folder in which
 * the program runs.
 *
 * @throws DataError if it is installed and does not load
 */
export async function findPeer(): Promise<Peer | undefined> {
  for (const load of [() => import(PEER), importFromHere]) {
    try {
      const found = await load();
      return found.default?.pipeline ? found.default : found;
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      const missing = /^(ERR_)?MODULE_NOT_FOUND$/.test(code ?? "") && message.includes(PEER);
      if (!missing) {
        throw new DataError(`${PEER} is installed but does not load: ${shortly(error)}`);
      }
    }
  }
}

/** Its module as Node would find it from the working directory. */
async function importFromHere() {
  const common = createRequire(join(process.cwd(), "index.js")).resolve(PEER);
  const module = common.replace(/\.cjs$/, ".mjs");
  return await import(pathToFileURL(existsSync(module) ? module : common).href);
}

/**
 * The peer.
 * @param what needs it, for the message: "--encoder NAME"
 * @throws DataError if it is not installed, with the command that installs it
 */
export async function requirePeer(what: string): Promise<Peer> {
  const peer = await findPeer();
  if (peer) return peer;
  throw new DataError(`${what} needs the package ${PEER}: install it by ${INSTALL_PEER}`);
}

/** Which model, and how it runs. */
export interface ModelOptions {
  /** A repository of the Hub, or a folder with its files. */
  readonly model: string;
  /** Branch, tag or commit (default main); a folder has none. */
  readonly revision?: string;
  /** Precision of the weights: fp32 (default), fp16, q8, q4, ... as far as the model has files. */
  readonly dtype?: string;
  /** cpu, cuda, dml, webgpu, ...: the runtime's own choice by default. */
  readonly device?: string;
  /** Where downloaded models are kept (default .cache). */
  readonly cache?: string;
  readonly signal?: AbortSignal;
  /** Bytes of the model that are there, of how many. */
  readonly onDownload?: (loaded: number, total: number) => void;
}

/** Whether a model's name is that of a folder. */
export function isFolder(model: string): boolean {
  return existsSync(join(model, "config.json"));
}

/**
 * Loads a model. A folder is read without any network; else the files come from the Hub
 * (`HF_ENDPOINT`, `HF_TOKEN`) unless they were downloaded before or `HF_HUB_OFFLINE` is set.
 *
 * @throws DataError if it cannot be loaded
 * @throws Cancelled if the signal is aborted
 */
export async function openModel(
  peer: Peer,
  task: string,
  { model, revision = "main", dtype = "fp32", device, cache = ".cache", ...hooks }: ModelOptions,
): Promise<Pipeline> {
  const { signal, onDownload } = hooks;
  const folder = isFolder(model);
  const { HF_ENDPOINT, HF_HUB_OFFLINE } = process.env;
  const offline = folder || /^(1|true|yes|on)$/i.test(HF_HUB_OFFLINE ?? "");
  Object.assign(peer.env, {
    allowLocalModels: folder,
    allowRemoteModels: !offline,
    ...folder && { localModelPath: dirname(resolve(model)) },
    ...HF_ENDPOINT && { remoteHost: `${HF_ENDPOINT.replace(/\/+$/, "")}/` },
    cacheDir: join(resolve(cache), "models"),
  });
  const opening = peer.pipeline(task, folder ? basename(resolve(model)) : model, {
    ...{ revision, dtype, device },
    progress_callback({ status, loaded, total }: Record<string, unknown>) {
      if (status === "progress_total") onDownload?.(Number(loaded), Number(total));
    },
  });
  try {
    return await unlessStopped(opening, signal);
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    throw new DataError(cannotLoad(error, model, folder, offline), { cause: error });
  }
}

function cannotLoad(error: unknown, model: string, folder: boolean, offline: boolean): string {
  const advice = folder
    ? "the folder must hold config.json, tokenizer.json, tokenizer_config.json and onnx/model.onnx"
    : offline
    ? "it is not in the cache and HF_HUB_OFFLINE is set: unset it once, or give a model's folder"
    : "check its name on the Hub and the network, or give a model's folder";
  return `cannot load the model ${model} (${shortly(error)}): ${advice}`;
}

/** The promise's value, but an abort does not wait for it. */
async function unlessStopped<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return await work;
  let stop = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new Cancelled("stopped on request while a model was loaded"));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop);
  });
  // What goes wrong after a stop is of no interest.
  work.catch(() => {});
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** The first line of somebody else's message. */
export function shortly(error: unknown): string {
  const [line] = String((error as Error)?.message ?? error).split("\n");
  // deno-lint-ignore no-control-regex
  return line.replace(/[\x00-\x1f\x7f-\x9f]/g, " ").replace(/[.:\s]+$/, "").slice(0, 200);
}
