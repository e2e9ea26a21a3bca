/** What the test runner needs of this machine, and how it runs programs. */

import { stripVTControlCharacters } from "node:util";
import { MARK, type Message, type SuiteReport } from "./browser/collect.ts";

/** Debian's Chromium, which also brings SwiftShader, a Vulkan driver that needs no GPU. */
export const CHROMIUM = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";
const ICD = Deno.env.get("VK_ICD_FILENAMES") ?? "/usr/lib/chromium/vk_swiftshader_icd.json";

/** Environment of every process that opens a WebGPU device. */
export const ENVIRONMENT: Record<string, string> = {
  VK_ICD_FILENAMES: ICD,
  DENO_WEBGPU_BACKEND: "vulkan",
  NO_COLOR: "1",
};

/** Tests that passed and failed. */
export interface Tally {
  passed: number;
  failed: number;
}

/** Says what went wrong in one sentence and ends the run. */
export class SetupError extends Error {
  override name = "SetupError";
}

/** Milliseconds without any sign of life after which a runtime counts as hung. */
export const STALL = 180_000;

/** Milliseconds that a process may take to end once its tests are done. */
const GRACE = 15_000;

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function loads(library: string): boolean {
  try {
    Deno.dlopen(library, {}).close();
    return true;
  } catch {
    return false;
  }
}

function missing(): string[] {
  return [
    exists(CHROMIUM) ? "" : `Chromium at ${CHROMIUM}`,
    exists(ICD) ? "" : `SwiftShader's Vulkan driver at ${ICD}`,
    Deno.build.os !== "linux" || loads("libvulkan.so.1") ? "" : "the Vulkan loader libvulkan.so.1",
  ].filter((what) => what);
}

/**
 * Makes sure that Chromium, SwiftShader and the Vulkan loader are there; on Debian, root installs
 * what is missing.
 * @throws SetupError with the command to run where that is not possible
 */
export async function requireTools(): Promise<void> {
  const lacks = missing();
  if (lacks.length === 0) return;
  const install = "apt-get install -y --no-install-recommends chromium libvulkan1";
  if (!/^ID=debian$/m.test(readText("/etc/os-release"))) {
    throw new SetupError(
      `missing: ${lacks.join(", ")}. Install Chromium and a Vulkan loader, then run: ` +
        "CHROMIUM=<program> VK_ICD_FILENAMES=<vk_swiftshader_icd.json> deno task test",
    );
  }
  if (Deno.uid() !== 0) {
    throw new SetupError(
      `missing: ${lacks.join(", ")}. Run: sudo apt-get update && sudo ${install}`,
    );
  }
  console.log(`missing: ${lacks.join(", ")}; running ${install}`);
  const apt = { DEBIAN_FRONTEND: "noninteractive" };
  for (const line of ["apt-get update", install]) {
    const [command, ...args] = line.split(" ");
    const { ok, output } = await exec(command, args, apt);
    if (!ok) throw new SetupError(`${line} failed:\n${output}`);
  }
  const still = missing();
  if (still.length > 0) throw new SetupError(`still missing after ${install}: ${still.join(", ")}`);
}

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

/** Runs a program to its end and gives what it printed. */
export async function exec(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ ok: boolean; output: string }> {
  try {
    const options: Deno.CommandOptions = { args: [...args], env: { NO_COLOR: "1", ...env } };
    const { success, stdout, stderr } = await new Deno.Command(command, options).output();
    const text = new TextDecoder();
    return { ok: success, output: text.decode(stdout) + text.decode(stderr) };
  } catch (error) {
    return { ok: false, output: `${command} could not be run: ${(error as Error).message}` };
  }
}

/** Lines of one report that are shown, and those that say nothing. */
const MAX_LINES = 200;
const NOISE = /^\s+at .*(node_modules\/uvu|collect|chunk-)/;

/** Milliseconds from which on a file is named in the summary. */
const SLOW = 5_000;

/** Counts the reports of one runtime and prints its failures. */
export class Tracker {
  readonly tally: Tally = { passed: 0, failed: 0 };
  readonly #started = performance.now();
  #file = "";
  #since = performance.now();
  readonly #times = new Map<string, number>();

  constructor(readonly runtime: string) {}

  /** Takes a message; whether it was the last. */
  take(message: Message): boolean {
    if (message === "done") this.#begin("end");
    else if ("begin" in message) this.#begin(message.begin);
    else this.#add(message);
    return message === "done";
  }

  #begin(file: string): void {
    const now = performance.now();
    this.#times.set(this.#file, (this.#times.get(this.#file) ?? 0) + now - this.#since);
    [this.#file, this.#since] = [file, now];
  }

  /** Notes that the runtime broke down in the middle of a file. */
  breakdown(reason: string): void {
    this.fail(this.#file || "start", reason);
  }

  #add(report: SuiteReport): void {
    this.tally.passed += report.passed;
    if (report.failed > 0) this.fail(report.file, report.errors, report.failed);
    if (report.skipped > 0) this.fail(report.file, "skip and only have no place here");
  }

  fail(what: string, message: string, count = 1): void {
    this.tally.failed += count;
    const lines = stripVTControlCharacters(message).split("\n")
      .filter((line) => line.trim() && !NOISE.test(line));
    const rest = lines.length - MAX_LINES;
    const shown = lines.slice(0, MAX_LINES).concat(rest > 0 ? `... ${rest} lines more` : []);
    console.log(`FAIL ${this.runtime}: ${what}\n${shown.map((line) => `    ${line}`).join("\n")}`);
  }

  /** Prints the counts. A runtime that ran nothing has failed. */
  finish(): Tally {
    const { passed, failed } = this.tally;
    if (passed + failed === 0) this.fail("run", "it ran no test at all");
    const time = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
    const slow = [...this.#times].filter(([file, ms]) => file && ms > SLOW)
      .sort((a, b) => b[1] - a[1]).map(([file, ms]) => `${file} ${time(ms)}`);
    console.log(
      `${this.runtime}: ${passed} passed, ${this.tally.failed} failed, ` +
        time(performance.now() - this.#started) + (slow.length ? ` (${slow.join(", ")})` : ""),
    );
    return this.tally;
  }
}

/** All test files, as paths below `tests/` without `.test.ts`. */
export function testFiles(dir = ""): string[] {
  const root = new URL("./", import.meta.url);
  const entries = [...Deno.readDirSync(new URL(dir, root))].sort((a, b) =>
    a.name < b.name ? -1 : 1
  );
  return entries.flatMap(({ name, isDirectory }) => {
    if (isDirectory) return testFiles(`${dir}${name}/`);
    return name.endsWith(".test.ts") ? [dir + name.slice(0, -".test.ts".length)] : [];
  });
}

/** Calls `act` with a folder that holds `entry.ts`, which loads and runs the test files. */
export async function withEntry(
  files: readonly string[],
  act: (folder: string) => Promise<void>,
): Promise<void> {
  // Inside the repository, where imports find deno.json and node_modules.
  Deno.mkdirSync(".cache", { recursive: true });
  const folder = Deno.makeTempDirSync({ dir: ".cache", prefix: "tests-" });
  const lines = files.map((file) => `  "${file}": () => import("../../tests/${file}.test.ts"),\n`);
  Deno.writeTextFileSync(
    `${folder}/entry.ts`,
    'import { collect } from "../../tests/browser/collect.ts";\n' +
      `await collect({\n${lines.join("")}});\n`,
  );
  try {
    await act(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Runs a test program in a process of its own; it must report, and then end by itself. */
export async function runProcess(
  command: string,
  args: readonly string[],
  tracker: Tracker,
): Promise<void> {
  const child = new Deno.Command(command, {
    args: [...args],
    env: ENVIRONMENT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let done = false, verdict = "", recent = "";
  const kill = (reason: string) => {
    verdict = reason;
    child.kill("SIGKILL");
  };
  const wait = () =>
    done
      ? setTimeout(() => kill("it did not end after its last test: a device is open"), GRACE)
      : setTimeout(() => kill(`no sign of life for ${STALL / 1000} s`), STALL);
  let timer = wait();
  const alive = () => {
    clearTimeout(timer);
    timer = wait();
  };
  const out = readLines(child.stdout, alive, (line) => {
    if (!line.startsWith(MARK)) return void (recent = line || recent);
    done = tracker.take(JSON.parse(line.slice(MARK.length)));
    alive();
  });
  const err = readLines(child.stderr, alive, (line) => console.error(line));
  const [{ success, code, signal }] = await Promise.all([child.status, out, err]);
  clearTimeout(timer);
  if (!success && !verdict) verdict = signal ? `killed by ${signal}` : `ended with code ${code}`;
  if (!done && !verdict) verdict = "ended before its last test";
  if (verdict) tracker.breakdown(`${verdict}${done ? "" : `; last output: ${recent.trim()}`}`);
}

async function readLines(
  stream: ReadableStream<Uint8Array>,
  onChunk: () => void,
  onLine: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream() as never)) {
    onChunk();
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    lines.forEach(onLine);
  }
  if (rest) onLine(rest);
}
