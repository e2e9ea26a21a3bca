/** WordNet's dictionary for tests: Debian's, fetched once where its mirror answers. */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import process from "node:process";
import { DICTIONARY } from "../scripts/wordnet.mjs";

const FETCHED = resolve(".cache", "wordnet-base");
/** Seconds for six megabytes. */
const LIMIT = 120;

const nouns = (dictionary: string) => existsSync(join(dictionary, "data.noun"));

/** The folder of the dictionary, or a sentence that says why there is none. */
export async function testDictionary(): Promise<{ dictionary: string } | string> {
  const there = [process.env.WORDNET, DICTIONARY, join(FETCHED, DICTIONARY)];
  const found = there.find((dictionary) => dictionary && nouns(dictionary));
  if (found) return { dictionary: found };
  await mkdir(FETCHED, { recursive: true });
  // Neither needs root, and nothing is installed.
  const error = await run("apt-get", ["download", "wordnet-base"]) ||
    await run("dpkg-deb", ["-x", ...(await packages()).slice(0, 1), "."]);
  for (const name of await packages()) await rm(join(FETCHED, name));
  if (!error) return { dictionary: join(FETCHED, DICTIONARY) };
  return `there is no WordNet dictionary (apt-get install wordnet-base), nor can it be fetched: ${error}`;
}

const packages = async () => (await readdir(FETCHED)).filter((name) => name.endsWith(".deb"));

function run(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, {
    cwd: FETCHED,
    stdio: ["ignore", "ignore", "pipe"],
    timeout: 1000 * LIMIT,
  });
  let said = "";
  child.stderr!.on("data", (bytes) => said += bytes);
  return new Promise((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code) => resolve(code === 0 ? "" : said.trim() || `exit code ${code}`));
  });
}
