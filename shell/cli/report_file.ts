/** `report.html` and what it is made from, in the folder of a run. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readAssignments } from "../data/results/read.ts";
import { asset } from "../device/assets.ts";
import { readBytes } from "../device/platform.ts";
import { DataError } from "../errors.ts";
import { reportHtml, type ReportInput, type RunRecord } from "../report/index.ts";

/** The files of a run that a report adds. */
export const REPORT_FILE = "report.html", GALLERY_FILE = "gallery.json";

/** The page. */
export async function reportOf(input: ReportInput): Promise<string> {
  const script = new TextDecoder().decode(await readBytes(asset("report_page.js")));
  return await reportHtml(input, { script });
}

/** Reads a run from its folder. @throws DataError if a file that a report needs is missing or damaged */
export async function readRunFolder(folder: string): Promise<ReportInput> {
  const run = await json(folder, "run.json");
  if (run === undefined) {
    throw new DataError(`${folder} holds no finished run: it has no run.json`);
  }
  const path = join(folder, "assignments.parquet");
  const bytes = await readFile(path).catch(() => undefined);
  if (!bytes) {
    throw new DataError(
      `${path} is missing: a report needs it, so train with parquet among --formats`,
    );
  }
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  return {
    run: checkedRun(run, folder),
    rows: await readAssignments(buffer as ArrayBuffer, path),
    gallery: await json(folder, GALLERY_FILE) as ReportInput["gallery"],
    words: await json(folder, "clusters.json") as ReportInput["words"],
  };
}

async function json(folder: string, name: string): Promise<unknown> {
  const text = await readFile(join(folder, name), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new DataError(`${join(folder, name)} is damaged: it is no JSON`);
  }
}

function checkedRun(run: unknown, folder: string): RunRecord {
  const { method, data, settings } = (run ?? {}) as Partial<RunRecord>;
  if (typeof method === "string" && typeof data?.name === "string" && settings) {
    return run as RunRecord;
  }
  throw new DataError(`${join(folder, "run.json")} is not that of asterism train`);
}
