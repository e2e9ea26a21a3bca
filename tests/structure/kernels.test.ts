// Every kernel has its four files, and the argument lists of its bodies are the declared ones.

import { readdirSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Kernel } from "../../shell/kernels/kernel.ts";

const root = new URL("../../", import.meta.url);
const list = (dir: string, end: string) =>
  readdirSync(new URL(dir, root)).filter((name) => name.endsWith(end)).sort();
const read = (path: string) => readFileSync(new URL(path, root), "utf8");

interface Declared {
  readonly kernel: Kernel;
  /** Where it is declared, without `.ts`, and under which name. */
  readonly file: string;
  readonly name: string;
}

const declared: Declared[] = [];
const broken: string[] = [];
for (const file of list("shell/kernels/", ".ts")) {
  const exports = await import(new URL(`shell/kernels/${file}`, root).href).catch((error) => {
    broken.push(`${file}: ${error.message}`);
    return {};
  });
  for (const [name, value] of Object.entries<Kernel | undefined>(exports)) {
    if (typeof value !== "object" || !value.wgsl || !value.buffers) continue;
    declared.push({ kernel: value, file: file.slice(0, -3), name });
  }
}

const shaders = new Map(list("shaders/", ".wgsl").map((name) => [name, read(`shaders/${name}`)]));
const engine = new Map(list("engine/", ".ts").map((name) => [name, read(`engine/${name}`)]));
const tests = new Map(
  list("tests/kernels/", ".test.ts").map((name) => [name, read(`tests/kernels/${name}`)]),
);

/** Names that `engine/index.ts` exports, with the file that each comes from. */
const exported = new Map<string, string>();
for (
  const [, names, from] of engine.get("index.ts")!.matchAll(/export {([^}]*)} from "\.\/(\w+)"/g)
) {
  for (const name of names.split(",")) if (name.trim()) exported.set(name.trim(), `${from}.ts`);
}

/** A name with its type, for comparison as text. */
const field = (name: string, type: string) => `${name}: ${type}`;

/** `name: type` of each member of the `struct` or `class` of that name. */
function members(text: string, head: RegExp): string[] | undefined {
  const body = new RegExp(`${head.source}\\s*{([^}]*)}`).exec(text.replace(/\/\/.*$/gm, ""))?.[1];
  return body?.split(/[,;\n]/).flatMap((line) => {
    const [, name, type] = /^\s*(\w+)\s*:\s*(\S+)\s*$/.exec(line) ?? [];
    return name ? [field(name, type)] : [];
  });
}

/** The header that a WGSL body must have. */
function wantedBindings({ buffers, params }: Kernel): string[] {
  const list = Object.entries(buffers).map(([name, { access, dtype }], i) =>
    `${i} ${access === "read" ? "read" : "read_write"} ${name}: ${dtype === "f32" ? "f32" : "u32"}`
  );
  return Object.keys(params).length ? [...list, `${list.length} uniform p: Params`] : list;
}

/** The header that a WGSL body has; arrays of vectors and atomics count as their scalars. */
function foundBindings(wgsl: string): string[] {
  const binding = /@group\((\d+)\)\s*@binding\((\d+)\)\s*var<([^>]*)>\s*(\w+)\s*:\s*([^;]+);/g;
  return [...wgsl.matchAll(binding)].map(([, group, index, space, name, type]) => {
    const scalar = type.replace(/\s/g, "")
      .replace(/^array<(.*)>$/, "$1").replace(/^atomic<(.*)>$/, "$1")
      .replace(/^vec[234]<(.*)>$/, "$1").replace(/^vec[234]f$/, "f32").replace(
        /^vec[234]u$/,
        "u32",
      );
    const access = space.replace(/^storage\s*,\s*/, "").trim();
    return `${group === "0" ? "" : `group ${group} `}${index} ${access} ${name}: ${scalar}`;
  });
}

/** Name of the class that an engine function takes its arguments from. */
function argsClass(text: string, name: string): string | undefined {
  const from = text.search(new RegExp(`^export function ${name}\\(`, "m"));
  if (from < 0) return undefined;
  const end = text.indexOf("\n}", from);
  return /changetype<(\w+Args)>/.exec(text.slice(from, end))?.[1];
}

/** Name that the class has by rule: `dense_grad_w` gives `DenseGradWArgs`. */
const ruleClass = (name: string) =>
  name.split("_").map((word) => word[0].toUpperCase() + word.slice(1)).join("") + "Args";

function checkEngine(kernel: Kernel, name: string): void {
  const file = exported.get(name);
  assert.ok(file, `engine/index.ts does not export ${name}`);
  const text = engine.get(file!)!;
  const signature = `export function ${name}(args: usize, begin: u32, end: u32): void {`;
  assert.ok(text.includes(signature), `engine/${file} lacks: ${signature}`);
  const type = argsClass(text, name) ?? ruleClass(kernel.name);
  const found = members(text, new RegExp(`@unmanaged\\s+(?:export\\s+)?class ${type}\\b`));
  assert.ok(found, `engine/${file} lacks the @unmanaged class ${type}`);
  const wanted = [
    ...Object.keys(kernel.buffers).map((buffer) => field(buffer, "usize")),
    ...Object.entries(kernel.params).map(([param, type]) => field(param, type)),
    ...kernel.scratch ? [field("scratch", "usize")] : [],
  ];
  assert.equal(found, wanted, `engine/${file}, class ${type}`);
}

function checkShader(kernel: Kernel, file: string, wgsl: string): void {
  assert.match(wgsl, /^\/\/ \S/, `${file} must open with its formula`);
  const wanted = wantedBindings(kernel);
  // A body that only moves bits may take floats as words.
  const found = foundBindings(wgsl).map((line, i) =>
    line.replace(/u32$/, "f32") === wanted[i] ? wanted[i] : line
  );
  assert.equal(found, wanted, `${file}: bindings`);
  const params = Object.entries(kernel.params).map(([name, type]) => field(name, type));
  assert.equal(members(wgsl, /struct Params\b/) ?? [], params, `${file}: struct Params`);
  assert.match(wgsl, /@compute @workgroup_size\([^)]*\)\s*fn main\(/, `${file}: no main`);
}

/** File of a WGSL text. */
const shaderOf = (wgsl: string) => [...shaders].find(([, text]) => text === wgsl)?.[0];

for (const { kernel, file, name } of declared) {
  const test = suite(`kernel ${kernel.name}`);

  test("is declared in a file of its name, or with its forward kernel", () => {
    assert.match(kernel.name, /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    assert.ok(`${kernel.name}_`.startsWith(`${file}_`), `${kernel.name} stands in ${file}.ts`);
  });

  test("shader has the declared arguments", () => {
    const path = `${kernel.name}.wgsl`;
    assert.is(shaderOf(kernel.wgsl), path, "the text must be that of the file of its name");
    checkShader(kernel, `shaders/${path}`, kernel.wgsl);
    for (const [key, variant] of Object.entries(kernel.variants ?? {})) {
      const path = shaderOf(variant.wgsl);
      assert.ok(path?.startsWith(`${kernel.name}_`), `variant ${key}: no shaders/${kernel.name}_*`);
      checkShader(kernel, `shaders/${path}`, variant.wgsl);
      assert.match(read("tests/devices.ts"), `"${key}"`, `tests/devices.ts does not force ${key}`);
    }
  });

  test("engine has the declared arguments", () => {
    [...kernel.stages ?? [], kernel].forEach((stage) => checkEngine(kernel, stage.name));
  });

  test("has a test", () => {
    const text = tests.get(`${kernel.name}.test.ts`) ?? tests.get(`${file}.test.ts`);
    assert.ok(text, `no tests/kernels/${kernel.name}.test.ts`);
    assert.match(text!, new RegExp(`\\b${name}\\b`), "the test must use the declaration");
  });

  test.run();
}

const test = suite("kernels");

test("every declaration can be loaded", () => assert.equal(broken, []));

test("names are unique", () => {
  const names = declared.flatMap(({ kernel }) => [
    ...(kernel.stages ?? []).map((stage) => stage.name),
    kernel.name,
  ]);
  assert.equal(names.filter((name, i) => names.indexOf(name) !== i), []);
});

test("no shader without a declaration", () => {
  const used = declared.flatMap(({ kernel }) =>
    [kernel, ...Object.values(kernel.variants ?? {})].map((body) => shaderOf(body.wgsl))
  );
  assert.equal([...shaders.keys()].filter((name) => !used.includes(name)), []);
});

test("no export of the engine without a declaration", () => {
  const known = declared.flatMap(({ kernel }) =>
    [...kernel.stages ?? [], kernel].map((stage) => stage.name)
  );
  // What the host calls itself, see shell/device/engine.ts.
  const host = /^(run|probe_\w+|set_\w+)$/;
  assert.equal([...exported.keys()].filter((n) => !known.includes(n) && !host.test(n)), []);
});

test("no file of the engine that none uses", () => {
  const used = new Set(
    [...engine.values()].flatMap((text) =>
      [...text.matchAll(/from "\.\/(\w+)"/g)].map(([, from]) => `${from}.ts`)
    ),
  );
  assert.equal([...engine.keys()].filter((name) => name !== "index.ts" && !used.has(name)), []);
});

test("no kernel test without a declaration", () => {
  const names = declared.flatMap((
    { kernel, file },
  ) => [`${kernel.name}.test.ts`, `${file}.test.ts`]);
  assert.equal([...tests.keys()].filter((name) => !names.includes(name)), []);
});

test.run();
