/** `deno task check`: format, lint, types, and the rules of the tree (`tests/structure/`). */

import { exec, runProcess, type Tally, testFiles, Tracker, withEntry } from "./tools.ts";

const deno = Deno.execPath();
const asc = [
  "run",
  "-A",
  "node_modules/assemblyscript/bin/asc.js",
  "--config",
  "asconfig.json",
  "--noEmit",
  "--target",
];

/** What is run, by name. asc checks the types of the engine, in each of its two builds. */
const COMMANDS: Record<string, readonly string[]> = {
  format: ["fmt", "--check"],
  lint: ["lint"],
  "types of shell, tests, bench": ["check", "shell", "tests", "bench"],
  "types of the engine, SIMD": [...asc, "simd"],
  "types of the engine, relaxed SIMD": [...asc, "relaxed"],
};

/** What users import. */
const PUBLIC = [
  "shell/index.ts",
  "shell/core.ts",
  "shell/data/index.ts",
  "shell/web/map/element.ts",
  "shell/web/session/client.ts",
];

/** Everything that is public says what it is. (Types that are not exported may be named.) */
async function checkDocstrings(tracker: Tracker): Promise<void> {
  const { output } = await exec(deno, ["doc", "--lint", ...PUBLIC]);
  const missing = output.split("\n\n").filter((part) => part.includes("missing-jsdoc"));
  if (!/Found \d+ documentation lint error|^Checked/m.test(output)) {
    tracker.fail("docstrings", output);
  } else if (missing.length > 0) tracker.fail("docstrings", missing.join("\n\n"));
  else tracker.tally.passed++;
}

/** Runs every check; each command and each test of the structure counts as one. */
export async function check(): Promise<Tally> {
  const tracker = new Tracker("checks");
  for (const [name, args] of Object.entries(COMMANDS)) {
    const { ok, output } = await exec(deno, args);
    if (ok) tracker.tally.passed++;
    else tracker.fail(name, output);
  }
  await checkDocstrings(tracker);
  const structure = testFiles().filter((file) => file.startsWith("structure/"));
  await withEntry(
    structure,
    (folder) => runProcess(deno, ["run", "-A", `${folder}/entry.ts`], tracker),
  );
  return tracker.finish();
}

if (import.meta.main) {
  Deno.chdir(new URL("..", import.meta.url));
  Deno.exit((await check()).failed > 0 ? 1 : 0);
}
