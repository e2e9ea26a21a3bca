/** The optional peer for tests: installed once, outside node_modules, where a registry answers. */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import type { Peer } from "../shell/data/encoders/peer.ts";

const VERSION = "4.3.1";
/** A program that runs here finds the peer. */
export const PEER_FOLDER = resolve(".cache", `peer-${VERSION}`);
const MODULE = "node_modules/@huggingface/transformers/dist/transformers.node.mjs";
/** Seconds for half a gigabyte. */
const LIMIT = 240;

/** The peer, or a sentence that says why there is none. */
export async function testPeer(): Promise<Peer | string> {
  const reason = existsSync(join(PEER_FOLDER, MODULE)) ? "" : await install();
  if (reason) return reason;
  return await import(pathToFileURL(join(PEER_FOLDER, MODULE)).href);
}

/** @returns why it failed, or nothing */
async function install(): Promise<string> {
  const temporary = `${PEER_FOLDER}.${process.pid}`;
  await mkdir(temporary, { recursive: true });
  try {
    await writeFile(join(temporary, "package.json"), '{ "type": "module" }\n');
    // The CPU's libraries are in the package; its script fetches others from elsewhere.
    const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts"];
    const error = await npm([...args, `@huggingface/transformers@${VERSION}`], temporary);
    if (error) return `@huggingface/transformers could not be installed: ${error}`;
    // Another process may have been quicker.
    await rename(temporary, PEER_FOLDER).catch(() => {});
    return "";
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function npm(args: readonly string[], cwd: string): Promise<string> {
  const stdio = ["ignore", "ignore", "pipe"] as const;
  const child = spawn("npm", args, { cwd, stdio: [...stdio], timeout: 1000 * LIMIT });
  let said = "";
  child.stderr!.on("data", (bytes) => said += bytes);
  return new Promise((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on(
      "close",
      (code) => resolve(code === 0 ? "" : said.split("\n")[0] || `exit code ${code}`),
    );
  });
}
