/** `deno task test`: every check, and every test on every device of every runtime. */

import { build } from "esbuild";
import { runPage } from "./browser/chromium.ts";
import { check } from "./check.ts";
import { pageHub } from "./hub/page_hub.ts";
import {
  exec,
  requireTools,
  runProcess,
  SetupError,
  type Tally,
  testFiles,
  Tracker,
  withEntry,
} from "./tools.ts";

const HELP = `Runs the checks and the tests: format, lint, types, structure; then every test in
Deno, in Node, and in headless Chromium with and without cross-origin isolation.

  deno task test [PATH...] [options]

PATH              only the test files whose path below tests/ contains PATH, without the checks:
                  deno task test kernels/scale
--runtime LIST    only these: checks, deno, node, chromium, chromium-plain
--devices LIST    only these devices: webgpu-dawn, webgpu-builtin, wasm-simd-2, wasm-relaxed, ...
                  (see tests/devices.ts; each must exist in each runtime)
--help            this text

The last line is "N passed, N failed".`;

/** Folders of tests whose code needs files and other modules of Node; not in pages. */
const NOT_IN_PAGES = ["cli/", "data/", "fuzz/", "hub/"];

/** The test of pages that want a Hub, which no page can start. */
const WANTS_HUB = "browser/hub";

/** Files of those folders that run in pages all the same. */
const IN_PAGES = /\/pages$/;

/** Tests of whole pages, which drive a browser themselves: from Deno only. */
const DRIVES_BROWSER = "web/";

/** Tests of the sources, which are the same in every runtime: part of the checks. */
const STRUCTURE = "structure/";

const RUNTIMES = ["checks", "deno", "node", "chromium", "chromium-plain"] as const;
type Runtime = typeof RUNTIMES[number];

interface Options {
  readonly paths: readonly string[];
  readonly runtimes: readonly Runtime[];
  readonly devices?: string;
}

/** @throws SetupError on an unknown option or runtime */
function parse(args: readonly string[]): Options {
  const paths: string[] = [];
  const values: Record<string, string | undefined> = {};
  for (let i = 0; i < args.length; i++) {
    const [, name, value] = /^--(runtime|devices)(?:=(.*))?$/.exec(args[i]) ?? [];
    if (name) values[name] = value ?? args[++i] ?? "";
    else if (args[i].startsWith("-")) throw new SetupError(`unknown option ${args[i]}: see --help`);
    else paths.push(args[i].replace(/^tests\//, "").replace(/\.test\.ts$/, ""));
  }
  const asked = values.runtime?.split(",") ??
    RUNTIMES.filter((r) => !paths.length || r !== "checks");
  const unknown = asked.find((name) => !RUNTIMES.some((runtime) => runtime === name));
  if (unknown !== undefined) {
    throw new SetupError(`--runtime: want some of ${RUNTIMES.join(", ")}, got ${unknown}`);
  }
  return { paths, runtimes: asked as Runtime[], devices: values.devices };
}

/** The test files that a runtime runs. */
function filesFor(runtime: Runtime, paths: readonly string[]): string[] {
  const chosen = testFiles().filter((file) =>
    !file.startsWith(STRUCTURE) && (runtime === "deno" || !file.startsWith(DRIVES_BROWSER)) &&
    (paths.length === 0 || paths.some((path) => file.includes(path)))
  );
  if (!runtime.startsWith("chromium")) return chosen;
  return chosen.filter((file) =>
    IN_PAGES.test(file) || !NOT_IN_PAGES.some((folder) => file.startsWith(folder))
  );
}

/** Bundles `entry.ts` of a folder; test files stay modules of their own, loaded one by one. */
async function bundle(folder: string, platform: "node" | "browser", dist: string): Promise<void> {
  await build({
    entryPoints: [`${folder}/entry.ts`],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    platform: platform === "node" ? "node" : "browser",
    packages: platform === "node" ? "external" : "bundle",
    loader: { ".wgsl": "text" },
    define: { ASTERISM_DIST: JSON.stringify(dist) },
    sourcemap: "linked",
    logLevel: "silent",
  });
}

const START: Record<Exclude<Runtime, "checks">, (folder: string, t: Tracker) => Promise<void>> = {
  deno: (folder, t) => runProcess(Deno.execPath(), ["run", "-A", `${folder}/entry.ts`], t),
  async node(folder, t) {
    await bundle(folder, "node", new URL("../dist/", import.meta.url).href);
    // Marked as ESM by the package.json of the repository.
    await runProcess("node", ["--enable-source-maps", `${folder}/entry.js`], t);
  },
  chromium: (folder, t) => inChromium(folder, t, true),
  "chromium-plain": (folder, t) => inChromium(folder, t, false),
};

async function inChromium(folder: string, tracker: Tracker, isolated: boolean): Promise<void> {
  await bundle(folder, "browser", "/dist/");
  const root = new URL("../", import.meta.url);
  const site = { tests: new URL(`${folder}/`, root), dist: new URL("dist/", root), isolated };
  await runPage(site, tracker, {
    ASTERISM_DEVICES: Deno.env.get("ASTERISM_DEVICES"),
    ASTERISM_HUB: Deno.env.get("ASTERISM_HUB"),
  });
}

async function runtimeTests(runtime: Runtime, files: readonly string[]): Promise<Tally> {
  if (runtime === "checks") return await check();
  const tracker = new Tracker(runtime);
  const hub = files.includes(WANTS_HUB) ? await pageHub() : undefined;
  try {
    if (hub) Deno.env.set("ASTERISM_HUB", hub.endpoint);
    await withEntry(files, (folder) => START[runtime](folder, tracker));
  } catch (error) {
    tracker.fail("start", (error as Error).message);
  } finally {
    await hub?.stop();
  }
  return tracker.finish();
}

async function main(): Promise<Tally> {
  const { paths, runtimes, devices } = parse(Deno.args);
  if (devices) Deno.env.set("ASTERISM_DEVICES", devices);
  await requireTools();
  const { ok, output } = await exec("node", ["scripts/build.mjs", "--if-stale"]);
  if (!ok) throw new SetupError(`the build failed:\n${output}`);
  const total = { passed: 0, failed: 0 };
  let ran = 0;
  for (const runtime of runtimes) {
    const files = filesFor(runtime, paths);
    if (paths.length > 0 && files.length === 0) {
      console.log(`${runtime}: none of these tests runs here`);
      continue;
    }
    const { passed, failed } = await runtimeTests(runtime, files);
    total.passed += passed;
    total.failed += failed;
    ran++;
  }
  if (ran === 0) throw new SetupError(`no test file matches ${paths.join(" ")}`);
  return total;
}

if (Deno.args.includes("--help") || Deno.args.includes("-h")) console.log(HELP);
else {
  Deno.chdir(new URL("..", import.meta.url));
  const total = await main().catch((error: Error): Tally => {
    console.log(error instanceof SetupError ? error.message : error.stack);
    return { passed: 0, failed: 1 };
  });
  console.log(`${total.passed} passed, ${total.failed} failed`);
  Deno.exit(total.failed > 0 ? 1 : 0);
}
