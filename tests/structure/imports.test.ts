// Who may import whom: the arrows of ARCHITECTURE.md, and what the compute core leaves alone.

import { readdirSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const root = new URL("../../", import.meta.url);

/** Folders of `shell/` and the folders that each may import; the files in `shell/` all may. */
const MAY: Record<string, readonly string[]> = {
  kernels: [],
  plan: ["kernels"],
  device: ["kernels", "plan"],
  ops: ["kernels", "plan"],
  nn: ["kernels", "plan", "ops"],
  methods: ["kernels", "plan", "ops", "nn", "cluster", "neighbours"],
  cluster: ["kernels", "plan", "ops", "neighbours", "metrics", "project"],
  neighbours: ["kernels", "plan", "ops"],
  metrics: ["kernels", "plan", "ops", "neighbours"],
  project: ["kernels", "plan", "ops", "neighbours"],
  text: ["kernels", "plan", "ops", "project"],
  data: [],
  report: ["methods", "cluster", "metrics", "project", "data", "text"],
  run: ["device", "methods", "cluster", "metrics", "project", "text", "nn", "plan", "kernels"]
    .concat("data", "report"),
  cli: ["kernels", "plan", "device", "ops", "nn", "methods", "cluster", "metrics", "project"]
    .concat("neighbours", "text", "data", "report", "run"),
  web: ["kernels", "plan", "device", "ops", "nn", "methods", "cluster", "metrics", "project"]
    .concat("text", "data", "report", "run"),
};

/** These are handed a device and may know its interface, never how to open one. */
const HANDED = [
  "nn",
  "methods",
  "cluster",
  "neighbours",
  "metrics",
  "project",
  "text",
  "report",
  "run",
];
const INTERFACE = "device/device.ts";

/** The compute core, without libraries; the others are edges. */
const CORE = Object.keys(MAY).filter((dir) =>
  !["data", "report", "run", "cli", "web"].includes(dir)
);

/** What users import: these gather the others, and no file of shell/ imports them. */
const ENTRIES = ["index.ts", "core.ts"];

/** The files of the core that may know their runtime's own modules. */
const RUNTIME_FILES = ["device/platform.ts", "device/worker.ts"];

/** Paths of the sources below a folder of the repository. */
function sources(dir: string, prefix = ""): string[] {
  return readdirSync(new URL(dir, root), { withFileTypes: true }).flatMap((entry) => {
    const path = prefix + entry.name;
    if (entry.isDirectory()) return sources(`${dir}${entry.name}/`, `${path}/`);
    return /(?<!\.d)\.ts$/.test(path) ? [path] : [];
  });
}

/** Text of a source without its comments. */
function code(path: string): string {
  const text = readFileSync(new URL(path, root), "utf8");
  return text.replace(/\/\*[^]*?\*\//g, "").replace(/(^|[\s;{}(])\/\/.*$/gm, "$1");
}

interface Import {
  readonly from: string;
  /** Nothing is left of it at run time. */
  readonly typesOnly: boolean;
}

function imports(text: string): Import[] {
  const statement = /\b(?:import|export)\s+(?:(type)\b)?[^;"'()]*?from\s*["']([^"']+)["']/g;
  const bare = /\bimport\s*\(?\s*["']([^"']+)["']/g;
  return [
    ...[...text.matchAll(statement)].map(([, type, from]) => ({ from, typesOnly: !!type })),
    ...[...text.matchAll(bare)].map(([, from]) => ({ from, typesOnly: false })),
  ];
}

/** Path below `shell/` of an imported file, or undefined if it lies elsewhere. */
function inShell(from: string, importer: string): string | undefined {
  const base = new URL("shell/", root).href;
  const url = new URL(from, new URL(importer, base)).href;
  return url.startsWith(base) ? url.slice(base.length) : undefined;
}

/** What is wrong with one import of a file of `shell/`, or undefined. */
function fault(file: string, { from, typesOnly }: Import): string | undefined {
  const dir = file.split("/")[0];
  const core = CORE.includes(dir);
  if (!from.startsWith(".")) {
    if (!core || (from.startsWith("node:") && RUNTIME_FILES.includes(file))) return;
    return `the core has no dependency, but imports ${from}`;
  }
  const path = inShell(from, file);
  if (path === undefined) {
    const asset = dir === "kernels" ? /\/shaders\/\w+\.wgsl$/ : /^(\.\.\/)+package\.json$/;
    return !asset.test(from) || (core && dir !== "kernels") ? `reaches out to ${from}` : undefined;
  }
  const target = path.split("/")[0];
  if (target === dir || MAY[dir].includes(target)) return;
  if (target === path && !ENTRIES.includes(path)) return;
  if (path === INTERFACE && typesOnly && HANDED.includes(dir)) return;
  return `${dir} may not import ${path}`;
}

const files = sources("shell/");
const test = suite("imports");

test("every folder of shell/ is in the table", () => {
  const folders = new Set(files.filter((f) => f.includes("/")).map((f) => f.split("/")[0]));
  assert.equal([...folders].filter((dir) => !MAY[dir]), []);
});

test("the table has no circle", () => {
  const reach = (dir: string, seen: readonly string[]): void => {
    assert.not(seen.includes(dir), [...seen, dir].join(" <- "));
    MAY[dir].forEach((next) => reach(next, [...seen, dir]));
  };
  Object.keys(MAY).forEach((dir) => reach(dir, []));
});

test("nothing imports against the arrows, and the core imports no library", () => {
  const faults = files.filter((file) => file.includes("/")).flatMap((file) =>
    imports(code(`shell/${file}`)).flatMap((one) => {
      const what = fault(file, one);
      return what ? [`shell/${file}: ${what}`] : [];
    })
  );
  assert.is(faults.join("\n"), "");
});

test("the files in shell/ that every folder may import do not import in turn", () => {
  const wrong = files.filter((file) => !file.includes("/") && !ENTRIES.includes(file))
    .flatMap((file) => imports(code(`shell/${file}`)).map(({ from }) => `${file}: ${from}`));
  assert.equal(wrong, []);
});

test("the core's entry gathers the core alone", () => {
  const wrong = imports(code("shell/core.ts")).filter(({ from }) =>
    from !== "./errors.ts" && !CORE.includes(from.split("/")[1])
  );
  assert.equal(wrong, []);
});

test("the library's index leaves the command line and the web page alone", () => {
  const wrong = imports(code("shell/index.ts")).filter(({ from }) =>
    !from.startsWith("./") || /^\.\/(cli|web)\//.test(from)
  );
  assert.equal(wrong, []);
});

test("only platform.ts and worker.ts of the core name modules of the runtime, and none Deno", () => {
  const faults = files.flatMap((file) => {
    const text = code(`shell/${file}`);
    const core = CORE.includes(file.split("/")[0]) && !RUNTIME_FILES.includes(file);
    return [
      ...core && /["'`]node:/.test(text) ? [`shell/${file}: names a node: module`] : [],
      ...file !== RUNTIME_FILES[0] && /\bDeno\s*[.?[]/.test(text)
        ? [`shell/${file}: uses Deno`]
        : [],
    ];
  });
  assert.equal(faults, []);
});

test("the engine imports only its own files", () => {
  const wrong = sources("engine/").flatMap((file) =>
    imports(code(`engine/${file}`)).filter(({ from }) => !/^\.\/[a-z_0-9]+$/.test(from))
      .map(({ from }) => `engine/${file}: ${from}`)
  );
  assert.equal(wrong, []);
});

test("the reader of imports sees every form", () => {
  const text =
    'import a from "a";\nimport type { B } from "b";\nimport {\n  c,\n} from "./c.ts";\n' +
    'export * from "d";\nimport "e";\nconst f = await import("f");\nexport const g = 1;';
  assert.equal(imports(text).map(({ from }) => from), ["a", "b", "./c.ts", "d", "e", "f"]);
  assert.equal(imports(text).map(({ typesOnly }) => typesOnly)[1], true);
});

test.run();
