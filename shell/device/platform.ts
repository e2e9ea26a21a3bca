/** The only file that knows in which runtime it is: Deno, Node or a browser. */

/** A worker thread, the same in every runtime. */
export interface Thread {
  post(message: unknown): void;
  /** Ends the thread without a word to `onDeath`. */
  end(): Promise<void>;
}

/** What a thread tells. */
export interface ThreadEvents {
  onMessage(message: unknown): void;
  /** The thread ended by itself or threw. */
  onDeath(reason: string): void;
}

const global = globalThis as unknown as {
  Deno?: { version: { deno: string } };
  process?: {
    versions?: { node?: string };
    platform?: string;
    env?: Record<string, string | undefined>;
  };
  navigator?: { hardwareConcurrency?: number; gpu?: GPU };
  crossOriginIsolated?: boolean;
};

/** The runtime's name. */
export const runtime: "deno" | "node" | "browser" = global.Deno
  ? "deno"
  : global.process?.versions?.node
  ? "node"
  : "browser";

/** A module of the runtime itself or an optional peer; out of sight of bundlers. */
// deno-lint-ignore no-explicit-any
const optional = (name: string): Promise<any> => import(/* @vite-ignore */ name);

/** Runtime and version, as `run.json` records it. */
export function runtimeVersion(): string {
  if (runtime === "deno") return `Deno ${global.Deno!.version.deno}`;
  if (runtime === "node") return `Node ${global.process!.versions!.node}`;
  return "browser";
}

/** Number of hardware threads, at least 1. */
export async function cores(): Promise<number> {
  if (runtime === "node") return (await optional("node:os")).availableParallelism();
  return global.navigator?.hardwareConcurrency ?? 1;
}

/**
 * Threads of a device where nobody says: one per core. In pages one of more than four is left to the
 * page itself: a thread that waits for its turn holds up all others (of 16, 15 are 25% faster).
 */
export async function usualWorkers(): Promise<number> {
  const all = await cores();
  return runtime === "browser" && all > 4 ? all - 1 : all;
}

/** Whether memory can be shared between threads: in pages only with cross-origin isolation. */
export function canShareMemory(): boolean {
  return runtime !== "browser" || global.crossOriginIsolated === true;
}

/** The bytes behind a file: or http: address. */
export async function readBytes(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  if (url.protocol === "file:") {
    const bytes: Uint8Array = await (await optional("node:fs/promises")).readFile(url);
    return new Uint8Array(bytes);
  }
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${answer.statusText}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** Node 20 has relaxed SIMD behind a flag; later versions have it on and complain of the flag. */
export async function enableRelaxedSimd(): Promise<void> {
  if (runtime !== "node" || Number(global.process!.versions!.node!.split(".")[0]) !== 20) return;
  (await optional("node:v8")).setFlagsFromString("--experimental-wasm-relaxed-simd");
}

/** Starts a worker thread from a module. */
export async function spawn(url: URL, events: ThreadEvents): Promise<Thread> {
  return runtime === "node" ? await spawnNode(url, events) : spawnWeb(url, events);
}

async function spawnNode(url: URL, events: ThreadEvents): Promise<Thread> {
  const { Worker } = await optional("node:worker_threads");
  const worker = new Worker(url);
  let ended = false;
  worker.on("message", events.onMessage);
  worker.on("error", (error: Error) => events.onDeath(error.message));
  worker.on("exit", (code: number) => {
    if (!ended) events.onDeath(`it ended with code ${code}`);
  });
  return {
    post: (message) => worker.postMessage(message),
    end: async () => {
      ended = true;
      await worker.terminate();
    },
  };
}

function spawnWeb(url: URL, events: ThreadEvents): Thread {
  const worker = new Worker(url, { type: "module" });
  worker.onmessage = (event) => events.onMessage(event.data);
  worker.onerror = (event) => {
    event.preventDefault();
    events.onDeath(event.message || "its script could not be loaded");
  };
  worker.onmessageerror = () => events.onDeath("a message to it could not be read");
  return {
    post: (message) => worker.postMessage(message),
    end: () => {
      worker.terminate();
      return Promise.resolve();
    },
  };
}

/** Lets the runtime do something else, for `ms` milliseconds or until it has nothing to do. */
export function breathe(ms = 0): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Which WebGPU implementation: Dawn through npm `webgpu`, or what the runtime has built in. */
export type GpuProvider = "dawn" | "builtin";

// Dawn's instance must stay reachable: Node aborts when it is collected.
let dawn: GPU | undefined;

/** Folders in which Vulkan drivers announce themselves on Linux. */
const DRIVER_FOLDERS = [
  "/usr/share/vulkan/icd.d",
  "/etc/vulkan/icd.d",
  "/usr/local/share/vulkan/icd.d",
];

/** What the kernel calls a GPU: a render node, NVIDIA's own, or that of Windows around a Linux. */
const GPU_NODE = /^(renderD\d+|nvidia\d+|dxg)$/;

/** Names of the files in some folders of Linux; null where they say nothing of Vulkan's drivers. */
async function namesIn(...folders: string[]): Promise<string[] | null> {
  const { platform, env } = global.process!;
  if (platform !== "linux" || env!.VK_ICD_FILENAMES || env!.VK_DRIVER_FILES) return null;
  const { readdir } = await optional("node:fs/promises");
  const lists: string[][] = await Promise.all(
    folders.map((folder) => readdir(folder).catch(() => [])),
  );
  return lists.flat();
}

/** Without a desktop, Mesa's layer that picks a GPU for one complains eight times of having none. */
function quietenMesa(): void {
  const { platform, env } = global.process!;
  if (platform === "linux" && !env!.XDG_RUNTIME_DIR) env!.NODEVICE_SELECT ??= "1";
}

/**
 * The WebGPU entry point, or null where there is none.
 * @param hardware whether a software adapter is of no use
 */
export async function gpuEntry(provider: GpuProvider, hardware = false): Promise<GPU | null> {
  if (runtime === "browser") return provider === "builtin" ? global.navigator?.gpu ?? null : null;
  quietenMesa();
  // Drivers and Dawn print warnings of their own where there is no GPU, which nobody asked to see.
  const nodes = hardware ? await namesIn("/dev", "/dev/dri") : null;
  if (nodes && !nodes.some((name) => GPU_NODE.test(name))) return null;
  if (provider === "builtin") return global.navigator?.gpu ?? null;
  if (dawn) return dawn;
  if ((await namesIn(...DRIVER_FOLDERS))?.length === 0) return null;
  try {
    const { create } = await optional("webgpu");
    return dawn = create([]);
  } catch {
    return null;
  }
}
